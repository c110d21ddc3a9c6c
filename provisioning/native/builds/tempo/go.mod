module obstack.local/builds/tempo

go 1.24.3

// A commit of 29 May 2025 on the 2.8 line (v2.8.0-rc.0 and two fixes). Go knows it by this name only, since tags v2.x do
// not fit this module path.
require github.com/grafana/tempo v1.5.1-0.20250529124718-87c2dc380cec

// Go ignores the replace lines of a dependency, so Tempo's own are repeated here.
replace (
	github.com/hashicorp/memberlist => github.com/grafana/memberlist v0.3.1-0.20220708130638-bd88e10a3d91
	k8s.io/api => k8s.io/api v0.25.0
	k8s.io/client-go => k8s.io/client-go v0.25.0
)
