#!/usr/bin/env bash
# Runs a fleet on this machine: Redis, nodes, HAProxy before them, and the chat sample behind them. Linux, since each node has a loopback address of its own.
#
#   deploy/fleet.sh [-n NODES] [-p PORT] [-c Debug|Release] [-b] [FILE]
#
#   -n  how many nodes, 1 to 9 (3); one alone needs no Redis
#   -p  the first of five ports (8000): HAProxy, the chat's page, Redis, the nodes' data and admin listeners
#   -c  which build (Release)
#   -b  takes what is built already
#   FILE  the configuration (the chat sample's)
#
# It prints the addresses and what it started, and runs until Ctrl+C; whatever it started ends with it. A node that ends is started again
# after a second, on its addresses, as Docker and Kubernetes do. So a node dies, leaves or stands still and comes back by
#   kill -9 PID      kill PID      kill -STOP PID and kill -CONT PID
# In the environment: DRAIN_TIME (10) and DRAIN_DELAY (2), seconds; GATEWAY_TOKEN, CHAT_SECRET (made anew).
set -euo pipefail
usage() { sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "$0"; }
fail() { echo "$*" >&2; exit 2; }
root=$(cd "$(dirname "$0")/.." && pwd)
nodes=3 port=8000 build=Release builds=yes file=$root/samples/chat/gateway.yaml
while getopts n:p:c:bh option; do
  case $option in
    n) nodes=$OPTARG ;;
    p) port=$OPTARG ;;
    c) build=$OPTARG ;;
    b) builds= ;;
    h) usage; exit ;;
    *) usage >&2; exit 2 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -le 1 ] || { usage >&2; exit 2; }
[[ $nodes =~ ^[1-9]$ ]] || fail "-n takes 1 to 9 nodes, not $nodes"
[[ $port =~ ^[1-9][0-9]{1,4}$ && $port -le 65531 ]] || fail "-p takes a port up to 65531, not $port"
if [ $# -eq 1 ]; then
  [ -r "$1" ] || fail "$1 cannot be read"
  file=$(realpath "$1")
fi
page=$((port + 1)) redis_port=$((port + 2)) data=$((port + 3)) admin=$((port + 4))

need() { # NAME: its path; /usr/sbin is not everybody's
  PATH=$PATH:/usr/sbin command -v "$1" || { echo "$1 is not installed." >&2; return 1; }
}
haproxy=$(need haproxy)
[ "$nodes" -eq 1 ] || redis=$(need redis-server)
listens() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }
for taken in "127.0.0.1 $port" "127.0.0.1 $page" "127.0.0.1 $redis_port" "127.0.0.11 $data" "127.0.0.11 $admin"; do
  # shellcheck disable=SC2086 # An address and a port.
  ! listens $taken || fail "Something listens on ${taken/ /:} already; -p PORT takes other ports."
done

if [ -n "$builds" ]; then
  dotnet build "$root/src/RealtimeGateway.Server" -c "$build" -v quiet -nologo -clp:NoSummary
  dotnet build "$root/samples/chat" -c "$build" -v quiet -nologo -clp:NoSummary
fi
server=$root/src/RealtimeGateway.Server/bin/$build/net10.0/RealtimeGateway.Server.dll
chat=$root/samples/chat/bin/$build/net10.0/Chat.dll
[ -f "$server" ] && [ -f "$chat" ] || fail "Not built: $server, $chat"

# Everything is in a process group of its own, so that nothing that a group starts can be missed at the end; Ctrl+C reaches only this script.
set -m
scratch=$(mktemp -d)
declare -A groups=()
say() { printf '  %-10s pid %-8s %s\n' "$1" "$2" "$3"; }
start() { # NAME COMMAND…: in the background, its output in a file of its own
  local name=$1
  shift
  "$@" >"$scratch/$name.log" 2>&1 </dev/null &
  groups[$name]=$!
  say "$name" $! "$scratch/$name.log"
}
keep() { # NAME COMMAND…: the same, and again whenever it has ended
  local name=$1
  shift
  {
    set +em
    again=
    while :; do
      "$@" >>"$scratch/$name.log" 2>&1 </dev/null &
      say "$name" $! "${again:-$scratch/$name.log}"
      wait $! 2>/dev/null
      again="again, after exit code $?"
      # What cannot even start for the first time will not do so for the second.
      [ -e "$scratch/ready" ] || exit
      sleep 1
    done
  } &
  groups[$name]=$!
}
tell() { # SIGNAL: to everything
  local group
  for group in "${groups[@]}"; do kill -s "$1" -- "-$group" 2>/dev/null || true; done
}
runs() { # whether anything does
  local group
  for group in "${groups[@]}"; do ! kill -0 -- "-$group" 2>/dev/null || return 0; done
  return 1
}
finish() {
  trap '' INT TERM
  trap - EXIT
  # What bash would tell of each job that is ended.
  exec 2>/dev/null
  # The clients of the last fleet on this machine have nowhere to go: twice is at once. And what stands still hears no signal but KILL.
  tell TERM; tell CONT; sleep 0.3; tell TERM
  for _ in $(seq 50); do runs || break; sleep 0.1; done
  tell KILL
  wait 2>/dev/null
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
    kill -0 "${groups[$name]}" 2>/dev/null || break
    sleep 0.2
  done
  echo "$name has not come up:" >&2
  cat "$scratch/$name.log" >&2
  exit 1
}
answers() { curl -fsS -o /dev/null "$1"; }

# Back end and gateways share a secret; with a token @connections can be called through the proxy.
CHAT_SECRET=${CHAT_SECRET:-$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')}
GATEWAY_TOKEN=${GATEWAY_TOKEN:-$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')}
export CHAT_SECRET GATEWAY_TOKEN CHAT_TOKEN=$GATEWAY_TOKEN CHAT_BACKEND=http://127.0.0.1:$page

echo "Started:"
arguments=()
if [ "$nodes" -gt 1 ]; then
  start redis "$redis" --port "$redis_port" --bind 127.0.0.1 --save "" --appendonly no --dir "$scratch"
  await redis listens 127.0.0.1 "$redis_port"
  arguments=(--redis "127.0.0.1:$redis_port")
fi
for n in $(seq "$nodes"); do
  mkdir "$scratch/data-$n"
  # A loopback address each, and the same ports: HAProxy's configuration is the one that is shipped.
  Gateway__NodeName=gateway-$n Gateway__BearerTokens__0=$GATEWAY_TOKEN Gateway__TrustedProxies__0=127.0.0.1 \
    Gateway__DrainTime=${DRAIN_TIME:-10} Gateway__DrainDelay=${DRAIN_DELAY:-2} \
    keep "gateway-$n" dotnet "$server" "$file" "${arguments[@]}" \
    --data-url "http://127.0.0.1$n:$data" --admin-url "http://127.0.0.1$n:$admin" --data-dir "$scratch/data-$n"
done
for n in $(seq "$nodes"); do await "gateway-$n" answers "http://127.0.0.1$n:$admin/readyz"; done

{
  sed '/^ *server gateway-/d' "$root/deploy/haproxy/haproxy.cfg" | sed '/^resolvers/,$d; s/ resolvers dns//'
  for n in $(seq "$nodes"); do echo "    server gateway-$n 127.0.0.1$n:$data"; done
} >"$scratch/haproxy.cfg"
LISTEN=127.0.0.1:$port GATEWAY_ADMIN_PORT=$admin start haproxy "$haproxy" -f "$scratch/haproxy.cfg" -db
await haproxy listens 127.0.0.1 "$port"
start chat dotnet "$chat" --url "http://127.0.0.1:$page" --gateway "http://127.0.0.1:$port"
await chat answers "http://127.0.0.1:$page/"

echo
echo "Chat:      http://127.0.0.1:$page"
echo "Clients:   ws://127.0.0.1:$port/chat/prod, by HAProxy"
for n in $(seq "$nodes"); do echo "Node $n:    data http://127.0.0.1$n:$data  admin http://127.0.0.1$n:$admin"; done
echo "Operate:   export GATEWAY_TOKEN=$GATEWAY_TOKEN"
echo "           dotnet $server nodes --admin-url http://127.0.0.11:$admin"
touch "$scratch/ready"
echo "Ready."
# A loop, because with job control on each of a node's ends would be the end of one wait.
while runs; do wait -n 2>/dev/null || sleep 1; done
