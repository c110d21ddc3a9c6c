module obstack.local/builds/prom-label-proxy

go 1.24.0

require github.com/prometheus-community/prom-label-proxy v0.11.1
