# syntax=docker/dockerfile:1
# Two images: "gateway" (the default) and "chat", the sample's back end and page.
#   docker build -t realtime-gateway .
#   docker build -t realtime-gateway-chat --target chat .

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY . .
RUN dotnet publish src/RealtimeGateway.Server -c Release -o /out/gateway -p:UseAppHost=false \
 && dotnet publish samples/chat -c Release -o /out/chat -p:UseAppHost=false \
 && mkdir -p /out/data /out/config

# Chiselled: no shell, no package manager, and a user that is not root (app, 1654).
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled AS chat
WORKDIR /app
COPY --from=build /out/chat .
ENV DOTNET_EnableDiagnostics=0
USER $APP_UID
EXPOSE 5000
ENTRYPOINT ["dotnet", "Chat.dll"]

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled AS gateway
WORKDIR /app
COPY --from=build /out/gateway .
# What must outlive the container is here; everything else may be read-only.
COPY --from=build --chown=1654:1654 /out/data /data
COPY --from=build /out/config /config
# No diagnostics port, which would want to write to the root file system.
ENV DOTNET_EnableDiagnostics=0 \
    Gateway__DataUrl=http://*:8080 \
    Gateway__AdminUrl=http://*:8081 \
    Gateway__DataDir=/data
VOLUME /data
WORKDIR /config
USER $APP_UID
EXPOSE 8080 8081
# There is no curl in here: the program asks itself.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["dotnet", "/app/RealtimeGateway.Server.dll", "health", "--admin-url", "http://127.0.0.1:8081"]
STOPSIGNAL SIGTERM
# Serves /config/gateway.yaml when it is there.
ENTRYPOINT ["dotnet", "/app/RealtimeGateway.Server.dll"]
