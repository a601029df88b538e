#!/bin/bash
# Trains the AOT cache of the extracted application by a real request mix:
#
#   train.sh APPLICATION CACHE [S3PROXY]
#
#   APPLICATION  the folder with reelkeeper.jar and lib/, as `java -Djarmode=tools -jar reelkeeper.jar extract` leaves it
#   CACHE        the file to write, for `java -XX:AOTCache=CACHE`
#   S3PROXY      s3proxy's jar with its dependencies: the recordings' files are written and audited, too
#
# Needs PostgreSQL's server programs and curl. Everything runs on loopback in a folder that is removed again; a cache is
# only written when every step of the mix was answered as it should be. JAVA is the JVM that will run the service: a
# cache fits only the very build that wrote it.
set -euo pipefail
application=$(realpath "$1") cache=$(realpath -m "$2") s3proxy=${3:+$(realpath "$3")}
here=$(dirname "$(realpath "$0")")
java=${JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/java}}
java=${java:-java}
PATH=$PATH:$(echo /usr/lib/postgresql/*/bin | tr ' ' ':')

work=$(mktemp -d)
chmod 755 "$work"
pids=()
finish() {
  status=$?
  trap - EXIT
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  [ ! -s "$work/pg/postmaster.pid" ] || kill -INT "$(head -n 1 "$work/pg/postmaster.pid")"
  [ $status = 0 ] || tail -n 40 "$work/service.log" >&2 2>/dev/null || true
  wait
  rm -rf "$work"
  exit $status
}
trap finish EXIT

taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
port=18400
free() {
  while taken $((++port)); do :; done
  printf -v "$1" %s "$port"
}
for name in database api management domain1 domain2 domain3 bucket; do free $name; done
eventually() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || { echo "train.sh: never came true: $*" >&2; return 1; }
    sleep 0.2
  done
}

# --- what the service needs
# PostgreSQL does not run as root.
as_postgres() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
install -d -m 700 "$work/pg"
[ "$(id -u)" != 0 ] || chown postgres "$work/pg"
as_postgres initdb -D "$work/pg" -U training -A trust --no-sync >/dev/null
as_postgres postgres -D "$work/pg" -p "$database" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off \
  >"$work/pg.log" 2>&1 &
eventually 300 pg_isready -h 127.0.0.1 -p "$database"
psql -q -h 127.0.0.1 -p "$database" -U training -d postgres -c 'create database training'

if [ -n "$s3proxy" ]; then
  mkdir -p "$work/buckets/recordings"
  cat >"$work/s3proxy.properties" <<EOF
s3proxy.endpoint=http://127.0.0.1:$bucket
s3proxy.authorization=aws-v2-or-v4
s3proxy.identity=training
s3proxy.credential=training
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir=$work/buckets
EOF
  "$java" -Xmx128m -jar "$s3proxy" --properties "$work/s3proxy.properties" >"$work/s3proxy.log" 2>&1 &
  pids+=($!)
  eventually 300 taken "$bucket"
fi

# --- the service
cd "$application"
env TRAIN_SANDBOX_PORTS="$domain1,$domain2,$domain3" TRAIN_DOMAIN_1="$domain1" TRAIN_DOMAIN_2="$domain2" \
  TRAIN_DOMAIN_3="$domain3" TRAIN_BUCKET_PORT="$bucket" \
  "$java" "@$here/../container/jvm.options" -XX:AOTCacheOutput="$cache" -jar reelkeeper.jar \
  --spring.config.additional-location="file:$here/settings.yaml" \
  --server.port="$api" --management.server.port="$management" --reelkeeper.public-url="http://127.0.0.1:$api" \
  --spring.datasource.url="jdbc:postgresql://127.0.0.1:$database/training" --spring.datasource.username=training \
  --reelkeeper.sandbox.state-file="$work/sandbox.json" >"$work/service.log" 2>&1 &
service=$!
pids+=($service)
export MANAGEMENT_SERVER_PORT=$management
eventually 600 "$here/../container/healthy"

# --- the mix
ask() { # EXPECTED METHOD PATH [BODY]: the answer's body on standard output
  local expected=$1 method=$2 path=$3 status
  shift 3
  status=$(curl -sS -m 300 -o "$work/answer" -w '%{http_code}' -X "$method" "http://127.0.0.1:$api$path" \
    -H 'Authorization: Bearer training-key' -H 'Content-Type: application/json' ${1:+-d "$1"})
  [[ $status =~ ^($expected)$ ]] || { echo "train.sh: $method $path answered $status: $(head -c 500 "$work/answer")" >&2; return 1; }
  cat "$work/answer"
}
start() { # CHANNEL MODE [MORE MEMBERS]: the session's id
  ask '201|202' POST /v1/sessions "{\"app\":\"training\",\"channel\":\"$1\",\"mode\":\"$2\",\"storage\":\"primary\"${3:-}}" |
    grep -oE '"id" ?: ?"[^"]+"' | head -n 1 | cut -d '"' -f 4
}
is() { ask 200 GET "/v1/sessions/$1" | grep -qE "\"status\" ?: ?\"$2\""; }
sandbox() { curl -sS -f -m 60 "http://127.0.0.1:$domain1/sandbox/$1" -d "$2" >/dev/null; }

curl -sS -N -m 3600 -H 'Authorization: Bearer training-key' "http://127.0.0.1:$api/v1/events" >"$work/events" &
pids+=($!)

composite=$(start first composite ',"labels":{"lesson":"1"},"files":{"avFileType":["hls","mp4"]}')
individual=$(start second individual ',"recording":{"channelType":1,"maxIdleTime":300}')
web=$(start third web ',"web":{"url":"https://lms.example/room/7","videoWidth":1280,"videoHeight":720},"page":{"probe":true}')
for session in "$composite" "$individual" "$web"; do eventually 300 is "$session" recording; done

ask 200 PATCH "/v1/sessions/$composite" '{"streamSubscribe":{"audioUidList":{"subscribeAudioUids":["#allstream#"]}}}' >/dev/null
ask 200 PUT "/v1/sessions/$composite/layout" '{"mixedVideoLayout":1}' >/dev/null
sandbox recorders '{"cname":"second","action":"kill"}'
sandbox faults '{"operation":"start","status":500,"times":1}'
for i in $(seq 40); do
  session=$(start "many-$i" composite ",\"labels\":{\"lesson\":\"$i\"}")
  ask 200 GET "/v1/sessions/$session" >/dev/null
  ask '200|202' POST "/v1/sessions/$session/stop" >/dev/null
done

for path in "/v1/sessions?app=training&status=recording&limit=10" "/v1/sessions?label=lesson:3" \
  "/v1/sessions/$composite/timeline" "/v1/sessions/$composite/calls" "/v1/sessions/$composite/evidence" \
  /v1/apps/training/quota /v1/subscribers /v3/api-docs /v3/asyncapi.yaml /page/probe.js /problems/invalid-request; do
  for _ in 1 2 3; do ask 200 GET "$path" >/dev/null; done
done
ask '400' POST /v1/sessions '{"app":"nobody","channel":5}' >/dev/null
ask '404' GET /v1/sessions/0199f0c2-0000-7000-8000-000000000000 >/dev/null
ask '401' POST /webhooks/agora/training '{"noticeId":"1"}' >/dev/null
for _ in 1 2 3; do eventually 60 curl -sS -f -m 60 "http://127.0.0.1:$management/actuator/prometheus"; done

for session in "$composite" "$individual" "$web"; do
  ask '200|202' POST "/v1/sessions/$session/stop" >/dev/null
  eventually 300 is "$session" stopped
done
if [ -n "$s3proxy" ]; then
  audited() { ask 200 GET "/v1/sessions/$composite" | grep -qE '"status" ?: ?"verified"'; }
  eventually 300 audited
fi
eventually 120 grep -q session.stopped "$work/events"

# --- the end: what was learnt is written when the JVM ends
kill -TERM "$service"
wait "$service" || [ $? = 143 ]
[ -s "$cache" ] || { echo "train.sh: no cache was written" >&2; exit 1; }
chmod 644 "$cache"
echo "trained: $(du -h "$cache" | cut -f 1) $cache"
