// nginx in its two roles: the upstream stub that every contender talks to, and the plain pass-through among
// the contenders.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Processes, Running } from '../measure/processes.ts';

/** Names the port of the stub at which a sampled request arrived. */
export const STUB_PORT_HEADER = 'x-stub-port';

interface NginxOptions {
  readonly name: string;
  readonly core: number;
  readonly port: number;
  /** Directives of the `http` block. */
  readonly http: string;
}

export async function startNginx(processes: Processes, options: NginxOptions): Promise<Running> {
  const { name, core, port } = options;
  const path = join(processes.dir, `${name}.conf`);
  writeFileSync(path, configuration(processes.dir, options));
  const args = ['-p', processes.dir, '-c', path, '-e', 'stderr'];
  return processes.start({ name, command: 'nginx', args, core, port });
}

// One process, no access log, connections that are never closed: nothing but the work itself is measured.
function configuration(dir: string, { name, http }: NginxOptions): string {
  const temp = (kind: string): string => `${kind}_temp_path ${join(dir, `${name}-${kind}`)};`;
  return `daemon off;
master_process off;
pid ${join(dir, `${name}.pid`)};
error_log stderr warn;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  tcp_nodelay on;
  etag off;
  client_max_body_size 64m;
  client_body_buffer_size 1m;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(temp).join('\n  ')}
${http}
}
`;
}

/** Passes every request on as it is, over kept connections. */
export const passThrough = (port: number, upstream: number): string => `
  upstream stub { server 127.0.0.1:${upstream}; keepalive 128; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_buffers 16 8k;
    location / { proxy_pass http://stub; }
  }`;

/**
 * Answers queries with one file, OTLP with an empty 200 and remote_write with 204, after it has read the whole
 * body (`mirror` is what makes it read). Every 200th query and every 100th push of a connection goes to the inspector
 * instead, body and all, so that a run can prove what arrived; it is told the port, of which each contender has its own.
 */
export const stubServer = (ports: readonly number[], inspector: number, answersDir: string): string => `
  map $connection_requests $sampled { ~[02468]00$ 1; default ''; }
  map $connection_requests $sampled_push { ~00$ 1; default ''; }
  upstream inspector { server 127.0.0.1:${inspector}; keepalive 8; }
  server {
    ${ports.map((port) => `listen 127.0.0.1:${port};`).join('\n    ')}
    root ${answersDir};
    default_type application/x-protobuf;
    types { application/json json; }
    open_file_cache max=8;

    location = /answer.json { }
    location /api/v1/query_range {
      if ($sampled) { return 418; }
      error_page 418 = @inspect;
      error_page 405 =200 /answer.json;
      mirror /read-body;
      rewrite ^ /answer.json break;
    }
    location = /v1/logs {
      if ($sampled_push) { return 418; }
      error_page 418 = @inspect;
      error_page 405 =200 @accepted;
      mirror /read-body;
      rewrite ^ /answer.json break;
    }
    location = /api/v1/write {
      if ($sampled_push) { return 418; }
      error_page 418 = @inspect;
      error_page 405 =204 @no-content;
      mirror /read-body;
      rewrite ^ /answer.json break;
    }
    location @accepted { return 200 ''; }
    location @no-content { return 204; }
    location = /read-body { internal; return 204; }
    location @inspect {
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header ${STUB_PORT_HEADER} $server_port;
      proxy_pass http://inspector;
    }
  }`;
