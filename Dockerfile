# syntax=docker/dockerfile:1
# One image for every role: docker run IMAGE --role silo | --role frontend | schema

# It runs on the builder's own processor, and compiles for that of the image.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /source

# What a restore reads, and no more: this layer changes with the packages, not with the code.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src/Catalog/Ensemble.Catalog.csproj src/Catalog/
COPY src/Core/Ensemble.Core.csproj src/Core/
COPY src/Engine/Ensemble.Engine.csproj src/Engine/
COPY src/Evaluation/Ensemble.Evaluation.csproj src/Evaluation/
COPY src/Frontend/Ensemble.Frontend.csproj src/Frontend/
COPY src/Grains/Ensemble.Grains.csproj src/Grains/
COPY src/Providers/Ensemble.Providers.csproj src/Providers/
COPY src/Silo/Ensemble.Silo.csproj src/Silo/
COPY src/Storage/Ensemble.Storage.csproj src/Storage/
RUN dotnet restore src/Silo/Ensemble.Silo.csproj --arch $TARGETARCH

COPY .editorconfig BannedSymbols.txt ./
COPY src src
RUN dotnet publish src/Silo/Ensemble.Silo.csproj --no-restore --arch $TARGETARCH --configuration Release --output /app \
    -p:UseAppHost=false -p:ContinuousIntegrationBuild=true

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
COPY LICENSE /app/
COPY --from=build /app /app

# Its user's home, where role all may keep its SQLite file.
WORKDIR /home/app
USER 1654

# The base image's ASPNETCORE_HTTP_PORTS would have a warning written whenever --urls is given.
ENV ASPNETCORE_HTTP_PORTS= \
    ASPNETCORE_URLS=http://*:8080
EXPOSE 8080
ENTRYPOINT ["dotnet", "/app/ensemble-silo.dll"]
