# docker build -t aggregator .
# docker run -p 8080:8080 -v aggregator:/var/lib/aggregator aggregator
#
# The configuration is /etc/aggregator/config.yaml; put one of your own there with
# -v ./config.yaml:/etc/aggregator/config.yaml:ro, or override keys with
# -e AGGREGATOR_SITE_BASE_URL=https://news.example.net.

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY cmd ./cmd
COPY fetcher ./fetcher
COPY normalize ./normalize
COPY storage ./storage
COPY feedout ./feedout
COPY config.yaml ./
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /out/usr/bin/aggregator ./cmd/aggregator
# The owner of the volume, the certificates of publishers, and a directory for
# temporary files: all there is beside the program.
RUN mkdir -p /out/etc/ssl/certs /out/etc/aggregator /out/var/lib/aggregator /out/tmp && \
    cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ && \
    cp config.yaml /out/etc/aggregator/config.yaml && \
    echo "aggregator:x:65532:65532:Feed aggregator:/var/lib/aggregator:/sbin/nologin" >/out/etc/passwd && \
    echo "aggregator:x:65532:" >/out/etc/group && \
    chown 65532:65532 /out/var/lib/aggregator /out/tmp && chmod 700 /out/tmp

FROM scratch
COPY --from=build /out/ /
USER 65532:65532
WORKDIR /var/lib/aggregator
VOLUME /var/lib/aggregator
# Within the container every interface is the container's own.
ENV AGGREGATOR_LISTEN=:8080
EXPOSE 8080
# The daemon answers its control socket, goes round and reads and writes its database.
HEALTHCHECK --interval=1m --timeout=15s --start-period=1m CMD ["/usr/bin/aggregator", "status"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/aggregator"]
CMD ["serve"]
