#!/usr/bin/env bash
# Writes docs/dependencies.md: every library in the product with its licence, as Maven resolves them.
set -euo pipefail
cd "$(dirname "$0")/.."
mvn -q -B -ntp -Dmaven.test.skip=true package -pl server -am \
  org.codehaus.mojo:license-maven-plugin:2.7.0:aggregate-add-third-party \
  -Dlicense.excludedScopes=test,provided -Dlicense.excludedGroups='io\.skerry' \
  -Dlicense.fileTemplate="$PWD/docs/dependencies.ftl" \
  -Dlicense.outputDirectory="$PWD/docs" -Dlicense.thirdPartyFilename=dependencies.md \
  -Dlicense.force=true
