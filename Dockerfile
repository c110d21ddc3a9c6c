# One image for all programs of ours, and the app that goes into Grafana; docker-compose.yml says which one a container runs.
FROM node:24.21.0-trixie-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/contracts/package.json packages/contracts/
COPY packages/service-kit/package.json packages/service-kit/
COPY proxy/package.json proxy/
COPY control-plane/package.json control-plane/
COPY cli/package.json cli/
COPY provisioning/native/package.json provisioning/native/
COPY demo/package.json demo/
COPY bench/package.json bench/
COPY e2e/package.json e2e/
COPY plugins/obstack-app/package.json plugins/obstack-app/

FROM manifests AS plugin
RUN npm ci --workspace=obstack-app --workspace=@obstack/contracts
COPY tsconfig.base.json ./
COPY packages/contracts packages/contracts
COPY plugins/obstack-app plugins/obstack-app
RUN npm run build --workspace=obstack-app

FROM manifests AS dependencies
RUN npm ci --omit=dev --workspace=@obstack/proxy --workspace=@obstack/control-plane --workspace=@obstack/cli --workspace=@obstack/demo

FROM node:24.21.0-trixie-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY packages packages
COPY proxy proxy
COPY control-plane control-plane
COPY cli cli
COPY demo demo
COPY provisioning/grafana provisioning/grafana
COPY provisioning/opensearch provisioning/opensearch
COPY --from=plugin /app/plugins/obstack-app/dist plugins/obstack-app
# A volume mounted here starts with this owner.
RUN mkdir -p /var/lib/obstack/secrets /var/lib/grafana-plugins && chown -R node:node /var/lib/obstack /var/lib/grafana-plugins
USER node
