# Sourced by ./run, ./test and ./bench: brings what a fresh Debian or Ubuntu lacks, quickly when nothing is missing.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ROOT=$PWD
STAMPS=$ROOT/artifacts/stamps
CONFIGURATION=${CONFIGURATION:-Release}
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
mkdir -p "$STAMPS"

say() { printf '\033[2m· %s\033[0m\n' "$*"; }
fail() { printf '\033[31m✗ %s\033[0m\n' "$*" >&2; exit 1; }

# have_debian_package NAME: installed, by dpkg's own books.
have_debian_package() { [[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]; }

# need_debian_packages NAME…: installs those that are missing when it may, else says what to type.
need_debian_packages() {
  command -v dpkg-query >/dev/null || { say "not a Debian system: expecting these to be here: $*"; return 0; }
  local missing=() name
  for name in "$@"; do have_debian_package "$name" || missing+=("$name"); done
  ((${#missing[@]})) || return 0
  local sudo=()
  if [[ $EUID -ne 0 ]]; then
    sudo -n true 2>/dev/null || fail "Missing: ${missing[*]}. Install with: sudo apt-get update && sudo apt-get install -y ${missing[*]}"
    sudo=(sudo)
  fi
  say "installing ${missing[*]}"
  "${sudo[@]}" apt-get update -qq >"$STAMPS/apt.log" 2>&1 || true
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >>"$STAMPS/apt.log" 2>&1 ||
    fail "apt-get could not install ${missing[*]}; see artifacts/stamps/apt.log"
}

need_toolchains() {
  command -v dotnet >/dev/null || fail "The .NET 10 SDK is missing: https://learn.microsoft.com/dotnet/core/install/linux"
  dotnet --list-sdks | grep -q '^10\.' || fail "Portico needs the .NET 10 SDK; found: $(dotnet --list-sdks | tr '\n' ' ')"
  command -v node >/dev/null || fail "Node.js 20.19 or newer is missing: https://nodejs.org"
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail "Portico needs Node.js 20.19 or newer; found $(node --version)"
}

# signature PATH…: of the names, sizes and times of every source file under the paths.
signature() {
  find "$@" \( -name bin -o -name obj -o -name node_modules -o -name dist -o -name build \) -prune -o -type f -printf '%p %s %T@\n' 2>/dev/null |
    LC_ALL=C sort | sha1sum | cut -d' ' -f1
}

# once STAMP "what" PATH… -- COMMAND…: runs the command unless nothing under the paths changed since it last succeeded.
once() {
  local stamp=$STAMPS/$1 what=$2 paths=() before; shift 2
  while [[ $1 != -- ]]; do paths+=("$1"); shift; done; shift
  before=$(signature "${paths[@]}")
  [[ -f $stamp && "$(<"$stamp")" == "$before" ]] && return 0
  say "$what"
  "$@" >"$stamp.log" 2>&1 || { tail -n 60 "$stamp.log" >&2; fail "$what: failed (${stamp#"$ROOT"/}.log)"; }
  printf '%s' "$before" >"$stamp"
}

APP_DLL=$ROOT/functions/App/bin/$CONFIGURATION/net10.0/Portico.App.dll
RUNTIME_PACKAGES=(ffmpeg libvips42 libsqlite3-0 util-linux)
BROWSER_PACKAGES=(chromium)
ARTWORK_PACKAGES=(mate-backgrounds)

npm_install() { npm ci --no-audit --no-fund --loglevel=error; }
build_web() { npm run build; }
build_app() { dotnet build functions/App/App.csproj -c "$CONFIGURATION" -v q --nologo; }

setup_web() {
  [[ -d node_modules ]] || rm -f "$STAMPS/npm"
  [[ -f static-webxr/dist/index.html ]] || rm -f "$STAMPS/web"
  once npm "installing npm packages" package.json package-lock.json static-webxr/package.json static-webxr/tracker/package.json tests/web/package.json tests/e2e/package.json -- npm_install
  once web "building the web pages" static-webxr package-lock.json -- build_web
}

setup_app() {
  [[ -f $APP_DLL ]] || rm -f "$STAMPS/app"
  once app "building the functions" functions Directory.Build.props Directory.Packages.props global.json host.json -- build_app
}
