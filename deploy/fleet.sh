#!/usr/bin/env bash
# Runs a fleet on this machine: Redis, nodes, HAProxy before them, and the chat sample behind them. Linux, since each node has a loopback address of its own.
#
#   deploy/fleet.sh [-n NODES] [-p PORT] [-c Debug|Release] [FILE]
#
#   -n  how many nodes, 1 to 9 (3); one alone needs no Redis
#   -p  the port of HAProxy (8000); the chat's page has the next one, Redis the one after it
#   FILE  the configuration (the chat sample's)
#
# It prints the addresses and what it started, and runs until Ctrl+C; whatever it started ends with it. To let a node die or leave meanwhile:
#   kill -9 PID      kill PID      kill -STOP PID
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
nodes=3 port=8000 build=Release file=$root/samples/chat/gateway.yaml
while getopts n:p:c: option; do
  case $option in
    n) nodes=$OPTARG ;;
    p) port=$OPTARG ;;
    c) build=$OPTARG ;;
    *) sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -eq 0 ] || file=$(realpath "$1")
[[ $nodes =~ ^[1-9]$ ]] || { echo "-n takes 1 to 9 nodes" >&2; exit 2; }

need() { # NAME: its path; /usr/sbin is not everybody's
  PATH=$PATH:/usr/sbin command -v "$1" || { echo "$1 is not installed." >&2; return 1; }
}
haproxy=$(need haproxy)
[ "$nodes" -eq 1 ] || redis=$(need redis-server)

dotnet build "$root/src/RealtimeGateway.Server" -c "$build" -v quiet -nologo -clp:NoSummary
dotnet build "$root/samples/chat" -c "$build" -v quiet -nologo -clp:NoSummary
server=$root/src/RealtimeGateway.Server/bin/$build/net10.0/RealtimeGateway.Server.dll
chat=$root/samples/chat/bin/$build/net10.0/Chat.dll

scratch=$(mktemp -d)
pids=()
start() { # NAME COMMAND…: in the background, its output in a file of its own
  local name=$1
  shift
  "$@" >"$scratch/$name.log" 2>&1 </dev/null &
  pids+=($!)
  printf '  %-10s pid %-8s %s\n' "$name" "$!" "$scratch/$name.log"
}
finish() {
  trap - EXIT INT TERM
  # The clients of the last fleet on this machine have nowhere to go: twice is at once.
  for signal in TERM TERM; do
    for pid in ${pids[@]+"${pids[@]}"}; do kill -s $signal "$pid" 2>/dev/null || true; done
    sleep 0.3
  done
  wait
  rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

await() { # NAME COMMAND…: until that succeeds
  local name=$1
  shift
  for _ in $(seq 150); do
    "$@" 2>/dev/null && return
    kill -0 "${pids[-1]}" 2>/dev/null || break
    sleep 0.2
  done
  echo "$name has not come up:" >&2
  cat "$scratch/$name.log" >&2
  exit 1
}
answers() { curl -fsS -o /dev/null "$1"; }
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }

# Back end and gateways share a secret; with a token @connections can be called through the proxy.
CHAT_SECRET=${CHAT_SECRET:-$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')}
GATEWAY_TOKEN=${GATEWAY_TOKEN:-$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')}
export CHAT_SECRET GATEWAY_TOKEN CHAT_TOKEN=$GATEWAY_TOKEN CHAT_BACKEND=http://127.0.0.1:$((port + 1))

echo "Started:"
arguments=()
if [ "$nodes" -gt 1 ]; then
  start redis "$redis" --port $((port + 2)) --bind 127.0.0.1 --save "" --appendonly no --dir "$scratch"
  await redis listens $((port + 2))
  arguments=(--redis "127.0.0.1:$((port + 2))")
fi
for n in $(seq "$nodes"); do
  mkdir "$scratch/data-$n"
  # A loopback address each, and the same ports: HAProxy's configuration is the one that is shipped.
  Gateway__BearerTokens__0=$GATEWAY_TOKEN Gateway__TrustedProxies__0=127.0.0.1 Gateway__DrainTime=${DRAIN_TIME:-10} Gateway__DrainDelay=2 \
    start "gateway-$n" dotnet "$server" "$file" "${arguments[@]}" \
    --data-url "http://127.0.0.1$n:8080" --admin-url "http://127.0.0.1$n:8081" --data-dir "$scratch/data-$n"
done
for n in $(seq "$nodes"); do await "gateway-$n" answers "http://127.0.0.1$n:8081/readyz"; done

{
  sed '/^ *server gateway-/d' "$root/deploy/haproxy/haproxy.cfg" | sed '/^resolvers/,$d; s/ resolvers dns//'
  for n in $(seq "$nodes"); do echo "    server gateway-$n 127.0.0.1$n:8080"; done
} >"$scratch/haproxy.cfg"
LISTEN=127.0.0.1:$port start haproxy "$haproxy" -f "$scratch/haproxy.cfg" -db
await haproxy listens "$port"
start chat dotnet "$chat" --url "http://127.0.0.1:$((port + 1))" --gateway "http://127.0.0.1:$port"
await chat answers "http://127.0.0.1:$((port + 1))/"

echo
echo "Chat:      http://127.0.0.1:$((port + 1))"
echo "Clients:   ws://127.0.0.1:$port/chat/prod, by HAProxy"
for n in $(seq "$nodes"); do echo "Node $n:    data http://127.0.0.1$n:8080  admin http://127.0.0.1$n:8081"; done
echo "Operate:   GATEWAY_TOKEN=$GATEWAY_TOKEN dotnet $server nodes --admin-url http://127.0.0.11:8081"
echo "Ready."
wait
