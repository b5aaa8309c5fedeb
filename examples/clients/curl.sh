#!/bin/sh
# Sends requests with curl: a whole answer, then what happened in its run, then a streamed answer.
# ENSEMBLE_URL (default http://127.0.0.1:8080/v1), ENSEMBLE_MODEL (default council), ENSEMBLE_KEY (default none).
set -eu

url="${ENSEMBLE_URL:-http://127.0.0.1:8080/v1}"
model="${ENSEMBLE_MODEL:-council}"
headers="$(mktemp)"
trap 'rm -f "$headers"' EXIT

ask() {
  curl --silent --show-error --no-buffer --fail-with-body --dump-header "$headers" \
    --header "Authorization: Bearer ${ENSEMBLE_KEY:-none}" \
    --header "Content-Type: application/json" \
    "$url/chat/completions" --data "$1"
  echo
}

echo "== whole"
ask "{\"model\": \"$model\", \"messages\": [{\"role\": \"user\", \"content\": \"What is 17 * 23?\"}]}"

echo "== headers"
grep -i '^x-' "$headers"

echo "== the run"
run="$(tr -d '\r' <"$headers" | awk -F': ' 'tolower($1) == "x-ensemble-run-id" { print $2 }')"
curl --silent --show-error --fail-with-body --header "Authorization: Bearer ${ENSEMBLE_KEY:-none}" "$url/runs/$run"
echo

echo "== streamed"
ask "{\"model\": \"$model\", \"stream\": true, \"stream_options\": {\"include_usage\": true},
      \"messages\": [{\"role\": \"user\", \"content\": \"What is 17 * 23?\"}]}"
