#!/usr/bin/env bash
# Builds the image of this commit, pushes it to the job's registry and promotes dev to its digest, as a release would.
set -euo pipefail

# ghcr.io/owner/name of charts/project.ts, without the host: the registry of the job stands in for it.
repository=$(node --import tsx --eval 'import("./charts/project.ts").then(({ project }) => console.log(project.image.replace(/^[^/]+\//, "")))')
# A pre-release of the current version: older by the rules of versions, hence --backwards.
version="$(node --print 'require("./package.json").version')-ci.${GITHUB_RUN_NUMBER:-0}"
image="localhost:5001/$repository:$version"

docker build --file app/Dockerfile --build-arg VERSION="$version" --build-arg REVISION="${GITHUB_SHA:-unknown}" --tag "$image" .
docker push "$image"
digest=$(docker inspect --format '{{index .RepoDigests 0}}' "$image" | cut --delimiter=@ --fields=2)
npm run --silent promote -- dev --tag "$version" --digest "$digest" --backwards --registry localhost:5001
