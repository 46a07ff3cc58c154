# Shell functions that contrib/test, contrib/quickstart and .ci/run share. Read with `.` from a
# POSIX shell whose working directory is the root of the project.

say() {
	printf '%s\n' "$*" >&2
}

# packages GROUP...: the names of contrib/packages in these groups
packages() {
	for group in "$@"; do
		awk -v group="$group" '$1 == group { print $2 }' contrib/packages
	done
}

package_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		env DEBIAN_FRONTEND=noninteractive "$@" </dev/null
	else
		sudo env DEBIAN_FRONTEND=noninteractive "$@"
	fi
}

# A mirror may be busy for a moment: three tries, then what apt-get said is shown.
try_apt() {
	apt_log=$(mktemp)
	for wait in 2 10 0; do
		if as_root apt-get -q -o DPkg::Lock::Timeout=120 "$@" >"$apt_log" 2>&1; then
			rm -f "$apt_log"
			return 0
		fi
		[ "$wait" -eq 0 ] || sleep "$wait"
	done
	say "error: apt-get $1 failed:"
	cat "$apt_log" >&2
	rm -f "$apt_log"
	return 1
}

# install_packages GROUP...: installs what is missing, and says what; nothing when all is there
install_packages() {
	if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
		say "not Debian: these must be there already:" $(packages "$@")
		return 0
	fi
	missing=
	for package in $(packages "$@"); do
		package_installed "$package" || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
		say "error: neither root nor sudo; these must be installed first:$missing"
		return 1
	fi
	say "Installing from Debian:$missing"
	try_apt update && try_apt install -y --no-install-recommends $missing
}

# configure DIR [OPTION...]: sets the build folder up, again if it was there, anew if it is stale.
# Quiet when it works.
configure() {
	folder=$1
	shift
	if [ -f "$folder/build.ninja" ] && meson setup --reconfigure "$folder" "$@" >"$folder.log" 2>&1; then
		rm -f "$folder.log"
		return 0
	fi
	rm -rf "$folder"
	if ! meson setup "$folder" "$@" >"$folder.log" 2>&1; then
		cat "$folder.log" >&2
		rm -f "$folder.log"
		return 1
	fi
	rm -f "$folder.log"
}
