import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * Runs OpenSearch from its modules in Maven: `java -cp <jars>/* Start.java <config file> <data folder> <http port>`. The
 * runner's own command line takes no port of its caller's choosing, nor a configuration that it may not write beside.
 */
class Start {
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[1]).toAbsolutePath();
    Path config = Files.createDirectories(home.resolve("node_1/config"));
    Files.copy(Path.of(args[0]), config.resolve("opensearch.yml"), StandardCopyOption.REPLACE_EXISTING);

    OpenSearchRunner runner = new OpenSearchRunner();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(runner)));
    runner.onBuild((node, settings) -> settings.put("http.port", args[2]));
    runner.build(
        OpenSearchRunner.newConfigs().basePath(home.toString()).numOfNode(1).clusterName("obstack").printOnFailure());
    Thread.currentThread().join(); // for ever: until a signal ends the process
  }

  private static void close(OpenSearchRunner runner) {
    try {
      runner.close();
    } catch (Exception failure) {
      failure.printStackTrace();
    }
  }
}
