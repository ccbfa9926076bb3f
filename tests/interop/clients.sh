# Installs the clients of scripts/interop: packages of Debian, PyPI and npm. Sourced from the repository's root.

DEBIAN_PACKAGES="ffmpeg curl procps
  gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
  gstreamer1.0-plugins-ugly gstreamer1.0-libav gstreamer1.0-rtsp
  python3 python3-gi gir1.2-gst-rtsp-server-1.0 gir1.2-gstreamer-1.0 gir1.2-gst-plugins-base-1.0
  chromium firefox-esr fonts-dejavu-core util-linux systemd dbus-daemon python3-dbusmock"

# Two libraries share the module name onvif, so each has an environment of its own.
PYPI_ONVIF_ZEEP_ASYNC="onvif-zeep-async==4.3.0"
PYPI_ONVIF_PYTHON="onvif-python==0.4.7"
PYPI_WSDISCOVERY="WSDiscovery==2.1.2"
PYPI_PLAYWRIGHT="playwright==1.65.2"
PYPI_WEBSOCKETS="websockets==17.4"
PYPI_AIORTSP="aiortsp==1.4.0"
NPM_ONVIF="onvif@0.8.3"
NPM_NODE_ONVIF="node-onvif@0.1.7"

# A device that is not ours; no registry has it, so a commit of its source is pinned and built on demand.
SIMPLE_SERVER_PACKAGES="git make gcc libc6-dev libtomcrypt-dev libjson-c-dev zlib1g-dev lighttpd"
SIMPLE_SERVER_COMMIT=c0d58e860d8b65dc260eb09736824bec7523d567
SIMPLE_SERVER_SOURCE=https://github.com/roleoroleo/onvif_simple_server

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

debian_packages() {
  missing=
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
  done
  # Node.js may come from elsewhere; Debian's packages of it would not go with that.
  command -v node >/dev/null && command -v npm >/dev/null || missing="$missing nodejs npm"
  [ -z "$missing" ] && return 0
  echo "installing$missing" >&2
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get update -qq
  # shellcheck disable=SC2086  # a list of words
  as_root apt-get install -y -qq --no-install-recommends $missing >&2
}

# An environment for one client: name, then what pip installs.
python_client() {
  folder=.cache/interop-venv/$1; shift
  wanted="$*"
  [ -f "$folder/.ready" ] && [ "$(cat "$folder/.ready")" = "$wanted" ] && return 0
  rm -rf "$folder"
  "${VEDETTE_VENV:-.venv}/bin/python" -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
  printf '%s' "$wanted" > "$folder/.ready"
}

node_clients() {
  folder=.cache/interop-node
  wanted="$*"
  [ -f "$folder/.ready" ] && [ "$(cat "$folder/.ready")" = "$wanted" ] && return 0
  rm -rf "$folder"; mkdir -p "$folder"
  npm install --prefix "$folder" --no-audit --no-fund --no-save --silent "$@" >&2
  printf '%s' "$wanted" > "$folder/.ready"
}

# VLC with RTSP: Debian's stable releases leave it out (bug 981439), its unstable one has it again. The program
# and every library it needs, down to the C library, lie in a folder of their own; nothing is installed.
VLC_SUITE=sid
VLC_PACKAGES="vlc-bin vlc-plugin-base vlc-plugin-access-extra"

# Where this system gets Debian's packages from.
debian_mirror() {
  apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(COMPONENT)' 'Created-By: Packages' \
    | awk '$1 == "Debian" && $3 == "main" && $2 !~ /security/ { print $2; exit }'
}

vlc_with_rtsp() {
  folder=$PWD/.cache/interop-vlc
  [ -f "$folder/.ready" ] && [ "$(cat "$folder/.ready")" = "$VLC_SUITE $VLC_PACKAGES" ] && return 0
  echo "fetching VLC with RTSP" >&2
  rm -rf "$folder"
  mkdir -p "$folder/root" "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" "$folder/apt/parts"
  mirror=$(debian_mirror)
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $VLC_SUITE main" \
    > "$folder/apt/sources.list"
  : > "$folder/apt/status"  # as if nothing were installed, so that nothing of this system is counted on
  cat > "$folder/apt/apt.conf" <<END
Dir::State "$folder/apt";
Dir::State::lists "$folder/apt/lists";
Dir::State::status "$folder/apt/status";
Dir::Cache "$folder/apt/cache";
Dir::Etc::sourcelist "$folder/apt/sources.list";
Dir::Etc::sourceparts "$folder/apt/parts";
APT::Sandbox::User "";
Debug::NoLocking "true";
END
  APT_CONFIG=$folder/apt/apt.conf apt-get -qq update
  # shellcheck disable=SC2086  # a list of words
  APT_CONFIG=$folder/apt/apt.conf apt-get -qq -y --no-install-recommends --download-only install $VLC_PACKAGES >&2
  for package in "$folder"/apt/cache/archives/*.deb; do
    dpkg-deb -x "$package" "$folder/root"
  done
  rm -rf "$folder/apt"
  printf '%s' "$VLC_SUITE $VLC_PACKAGES" > "$folder/.ready"
}

simple_server() {
  # shellcheck disable=SC2086  # a list of words
  debian_packages $SIMPLE_SERVER_PACKAGES
  folder=.cache/interop-simple-server
  [ -f "$folder/.ready" ] && [ "$(cat "$folder/.ready")" = "$SIMPLE_SERVER_COMMIT" ] && return 0
  echo "building onvif_simple_server" >&2
  rm -rf "$folder"
  git init -q "$folder"
  git -C "$folder" fetch -q --depth 1 "$SIMPLE_SERVER_SOURCE" "$SIMPLE_SERVER_COMMIT"
  git -C "$folder" checkout -q FETCH_HEAD
  make -C "$folder" onvif_simple_server >/dev/null 2>&1
  printf '%s' "$SIMPLE_SERVER_COMMIT" > "$folder/.ready"
}

clients_ready() {
  # shellcheck disable=SC2086  # a list of words
  debian_packages $DEBIAN_PACKAGES
  vlc_with_rtsp
  python_client zeep-async "$PYPI_ONVIF_ZEEP_ASYNC"
  python_client onvif-python "$PYPI_ONVIF_PYTHON"
  python_client wsdiscovery "$PYPI_WSDISCOVERY"
  python_client browser "$PYPI_PLAYWRIGHT"
  python_client websocket "$PYPI_WEBSOCKETS"
  python_client aiortsp "$PYPI_AIORTSP"
  node_clients "$NPM_ONVIF" "$NPM_NODE_ONVIF"
}
