#!/usr/bin/env bash
# Makes sure that this machine can build llama.cpp: Rust, a C and C++ compiler, make or ninja, CMake, libclang.
#
#   . scripts/setup.sh     from a bash script or shell: what has to be exported then reaches cargo
#   scripts/setup.sh       the same, and prints the exports that a shell would need
#
# With `setup_also=openssl` before it, also what the feature `langchain-rust` needs: OpenSSL's headers, pkg-config.
#
# What is missing is installed by the system's package manager, without a prompt, or, where there is none or no
# right to use it, as Python wheels in a cache folder (CMake, ninja and libclang only). Where neither is possible
# the script says what to install by hand and fails. It exports only what the build cannot find by itself.
# Works under `set -eu` and in bash 3.2.

if [ -z "${BASH_VERSION:-}" ]; then
    echo 'setup: this script needs bash' >&2
    # shellcheck disable=SC2317
    return 1 2>/dev/null || exit 1
fi

setup_cmake_needed=3.14 # llama.cpp's cmake_minimum_required
setup_cmake_wheel=cmake==3.31.10
setup_ninja_wheel=ninja==1.13.0
setup_libclang_wheel=libclang==18.1.1

setup_also=${setup_also:-}
setup_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
setup_cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/catena/build-tools
setup_exported=''
setup_libclang=''
setup_missing=''

setup_say() { printf 'setup: %s\n' "$*" >&2; }

# setup_export NAME VALUE: for the programs started later, and for the list printed to whoever did not source this.
setup_export() {
    export "$1=$2"
    setup_exported="$setup_exported $1"
}

# setup_at_least HAVE NEED: compares major.minor.
setup_at_least() {
    local have_major have_minor need_major need_minor
    IFS=. read -r have_major have_minor _ <<<"$1.0"
    IFS=. read -r need_major need_minor _ <<<"$2.0"
    have_major=${have_major%%[!0-9]*} have_minor=${have_minor%%[!0-9]*}
    ((${have_major:-0} > need_major || (${have_major:-0} == need_major && ${have_minor:-0} >= need_minor)))
}

# --- Rust -----------------------------------------------------------------------------------------------------------

setup_rust() {
    local line needed='' have='' host='' bin=${CARGO_HOME:-${HOME:-}/.cargo}/bin
    while IFS= read -r line; do
        case $line in 'rust-version = '*) needed=${line#*\"} needed=${needed%%\"*} ;; esac
    done <"$setup_root/Cargo.toml"

    if ! command -v cargo >/dev/null 2>&1 && [ -x "$bin/cargo" ]; then
        setup_export PATH "$bin:$PATH"
    fi
    if ! command -v cargo >/dev/null 2>&1; then
        setup_say "cargo is not on PATH; catena needs Rust $needed or newer. Install it from https://rustup.rs, for example:
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y && . \"\$HOME/.cargo/env\""
        return 1
    fi
    while IFS= read -r line; do
        case $line in
        'release: '*) have=${line#release: } ;;
        'host: '*) host=${line#host: } ;;
        esac
    done <<<"$(cd "$setup_root" && rustc -vV)"
    if ! setup_at_least "$have" "$needed"; then
        setup_say "catena needs Rust $needed or newer and rustc is ${have:-not working}. Get a newer one: rustup update stable"
        return 1
    fi

    # A statically linked build script cannot load libclang, which bindgen needs.
    case $host in
    *-musl)
        case $(rustc --print cfg) in
        *crt-static*) setup_export RUSTFLAGS "${RUSTFLAGS:+$RUSTFLAGS }-C target-feature=-crt-static" ;;
        esac
        ;;
    esac
}

# --- what is there --------------------------------------------------------------------------------------------------

# A compiler that finds its own headers. `cc` is also what rustc links with. On Linux with glibc the default
# features link GCC's OpenMP library.
setup_has_compiler() {
    command -v cc >/dev/null 2>&1 || return 1
    # CC and CXX may hold a launcher and a compiler ("ccache gcc").
    # shellcheck disable=SC2086
    {
        ${CC:-cc} -E -x c - <<<'#include <stdlib.h>' && ${CXX:-c++} -E -x c++ - <<<'#include <vector>'
    } >/dev/null 2>&1 || return 1
    case $OSTYPE in
    linux-gnu*)
        case $(cc -print-file-name=libgomp.so) in */*) ;; *) return 1 ;; esac
        ;;
    esac
}

setup_has_builder() {
    if [ -z "${CMAKE_GENERATOR:-}" ] && ! make --version >/dev/null 2>&1; then
        ninja --version >/dev/null 2>&1 || return 1
        setup_export CMAKE_GENERATOR Ninja
    fi
}

# setup_cmake_works PROGRAM: it starts, and is new enough.
setup_cmake_works() {
    local first
    IFS= read -r first <<<"$("$1" --version 2>/dev/null)"
    setup_at_least "${first#cmake version }" "$setup_cmake_needed"
}

setup_has_cmake() {
    local program
    setup_cmake_works "${CMAKE:-cmake}" && return 0
    for program in /usr/bin/cmake /usr/local/bin/cmake /opt/homebrew/bin/cmake /opt/cmake/bin/cmake \
        /Applications/CMake.app/Contents/bin/cmake; do
        if [ -x "$program" ] && setup_cmake_works "$program"; then
            setup_export CMAKE "$program"
            return 0
        fi
    done
    return 1
}

# setup_libclang_in FOLDER...: the first one that holds a libclang goes to setup_libclang.
setup_libclang_in() {
    local folder file
    for folder in "$@"; do
        for file in "$folder"/libclang.so "$folder"/libclang-*.so "$folder"/libclang.so.* "$folder"/libclang-*.so.* \
            "$folder"/libclang.dylib; do
            case $file in *-cpp.*) continue ;; esac
            if [ -e "$file" ]; then
                setup_libclang=$folder
                return 0
            fi
        done
    done
    return 1
}

# Searches where the build searches (bindgen's clang-sys), then where it does not.
setup_has_libclang() {
    local path prefix
    setup_libclang=''
    if [ -n "${LIBCLANG_PATH:-}" ]; then
        # The variable names a folder, or the library itself.
        path=$LIBCLANG_PATH
        [ -f "$path" ] && path=${path%/*}
        setup_libclang_in "$path" && return 0
        setup_say "LIBCLANG_PATH=$LIBCLANG_PATH holds no libclang: looking elsewhere"
        unset LIBCLANG_PATH
    fi
    setup_libclang_in /usr/lib*/llvm*/lib* /usr/local/llvm*/lib* /usr/local/lib* /usr/local/lib*/* /usr/lib* \
        /usr/lib/*-linux-* /usr/local/opt/llvm*/lib /Library/Developer/CommandLineTools/usr/lib \
        /Applications/Xcode.app/Contents/Developer/Toolchains/XcodeDefault.xctoolchain/usr/lib && return 0
    prefix=$(llvm-config --prefix 2>/dev/null) && setup_libclang_in "$prefix"/lib* && return 0
    setup_libclang_in /opt/homebrew/opt/llvm*/lib /home/linuxbrew/.linuxbrew/opt/llvm*/lib \
        /opt/llvm*/lib* /opt/clang*/lib* || return 1
    setup_export LIBCLANG_PATH "$setup_libclang"
}

# libclang needs stddef.h and its like. Without those of clang itself (the wheel and some packages leave them out) the
# C compiler's do.
setup_libclang_headers() {
    local header folder
    [ -n "$setup_libclang" ] || return 0
    command -v clang >/dev/null 2>&1 && return 0
    for header in "$setup_libclang"/clang/*/include/stddef.h "$setup_libclang"/../lib/clang/*/include/stddef.h; do
        [ -e "$header" ] && return 0
    done
    # shellcheck disable=SC2086
    folder=$(${CC:-cc} -print-file-name=include)
    case " ${BINDGEN_EXTRA_CLANG_ARGS:-} " in
    *" -I$folder "*) ;;
    *) setup_export BINDGEN_EXTRA_CLANG_ARGS "${BINDGEN_EXTRA_CLANG_ARGS:+$BINDGEN_EXTRA_CLANG_ARGS }-I$folder" ;;
    esac
}

# Searches as the build does (openssl-sys): where it is told to, then by pkg-config. Only Linux and the BSDs need it.
setup_has_openssl() {
    case $OSTYPE in darwin*) return 0 ;; esac
    [ -n "${OPENSSL_DIR:-}${OPENSSL_LIB_DIR:-}" ] || pkg-config --exists openssl 2>/dev/null
}

# Fills setup_missing; true if nothing is.
setup_scan() {
    local tool
    hash -r
    setup_missing=''
    # shellcheck disable=SC2086
    for tool in compiler builder cmake libclang $setup_also; do
        "setup_has_$tool" || setup_missing="$setup_missing $tool"
    done
    [ -z "$setup_missing" ]
}

# --- how to get it --------------------------------------------------------------------------------------------------

setup_package_manager() {
    local manager
    for manager in apt-get dnf yum pacman apk zypper brew; do
        if command -v "$manager" >/dev/null 2>&1; then
            printf '%s\n' "$manager"
            return 0
        fi
    done
    return 1
}

# setup_packages MANAGER TOOL...: the names under which MANAGER has the tools.
setup_packages() {
    local manager=$1 tool
    shift
    for tool in "$@"; do
        case $manager/$tool in
        apt-get/compiler) printf ' gcc g++' ;;
        apk/compiler) printf ' gcc g++ musl-dev linux-headers' ;;
        pacman/compiler) printf ' gcc' ;;
        brew/compiler) ;; # comes with Xcode's command line tools
        */compiler) printf ' gcc gcc-c++' ;;
        */builder) printf ' make' ;;
        */cmake) printf ' cmake' ;;
        apt-get/libclang) printf ' libclang-dev' ;;
        apk/libclang) printf ' clang-dev' ;;
        pacman/libclang) printf ' clang' ;;
        brew/libclang) printf ' llvm' ;;
        */libclang) printf ' clang-devel' ;;
        apt-get/openssl) printf ' libssl-dev pkg-config' ;;
        apk/openssl) printf ' openssl-dev pkgconf' ;;
        pacman/openssl) printf ' openssl pkgconf' ;;
        zypper/openssl) printf ' libopenssl-devel pkg-config' ;;
        brew/openssl) printf ' openssl@3 pkgconf' ;;
        */openssl) printf ' openssl-devel pkgconfig' ;;
        esac
    done
}

# Runs the package manager's command with its output kept for the case that it fails.
setup_quietly() {
    local log status=0
    log=$(mktemp) || return 1
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if [ "$status" -ne 0 ]; then
        setup_say "failed ($status): $*"
        tail -n 5 "$log" >&2
    fi
    rm -f "$log"
    return "$status"
}

setup_install_packages() {
    local manager packages root=''
    manager=$(setup_package_manager) || return 1
    # shellcheck disable=SC2086
    packages=$(setup_packages "$manager" $setup_missing)
    [ -n "$packages" ] || return 1
    if [ "$manager" = brew ]; then
        [ "$EUID" -ne 0 ] || return 1 # brew refuses to run as root
    elif [ "$EUID" -ne 0 ]; then
        sudo -n true >/dev/null 2>&1 || return 1
        root='sudo -n'
    fi
    setup_say "installing with $manager:$packages"
    # Word splitting is wanted in all of these.
    # shellcheck disable=SC2086
    case $manager in
    apt-get)
        # A broken third-party list fails the update and not the packages wanted here.
        setup_quietly $root env DEBIAN_FRONTEND=noninteractive apt-get -q update
        setup_quietly $root env DEBIAN_FRONTEND=noninteractive apt-get -qy -o DPkg::Lock::Timeout=300 \
            --no-install-recommends install $packages
        ;;
    dnf | yum) setup_quietly $root $manager -q -y install $packages ;;
    pacman)
        setup_quietly $root pacman -S --noconfirm --needed $packages ||
            setup_quietly $root pacman -Sy --noconfirm --needed $packages
        ;;
    apk) setup_quietly $root apk add --no-cache $packages ;;
    zypper) setup_quietly $root zypper --non-interactive --quiet install $packages ;;
    brew) setup_quietly env HOMEBREW_NO_AUTO_UPDATE=1 NONINTERACTIVE=1 brew install $packages ;;
    esac
}

setup_install_wheels() {
    local tool pip wheels=''
    for tool in $setup_missing; do
        case $tool in
        compiler | openssl) return 1 ;; # there is none among the wheels, and the rest is of no use without it
        cmake) wheels="$wheels $setup_cmake_wheel" ;;
        builder) wheels="$wheels $setup_ninja_wheel" ;;
        libclang) wheels="$wheels $setup_libclang_wheel" ;;
        esac
    done
    [ -n "$wheels" ] || return 1
    if python3 -m pip --version >/dev/null 2>&1; then
        pip=python3
    elif python3 -m venv "$setup_cache/venv" >/dev/null 2>&1; then
        pip=$setup_cache/venv/bin/python3
    else
        return 1
    fi
    setup_say "installing Python wheels in $setup_cache:$wheels"
    # shellcheck disable=SC2086
    setup_quietly "$pip" -m pip install --quiet --no-input --disable-pip-version-check --only-binary :all: --no-deps \
        --upgrade --target "$setup_cache/wheels" $wheels
}

# setup_link_wheel FILE: puts the program FILE on PATH, if it is there.
setup_link_wheel() {
    [ -x "$1" ] && mkdir -p "$setup_cache/bin" && ln -sf "$1" "$setup_cache/bin/" || return 0
    case ":$PATH:" in
    *":$setup_cache/bin:"*) ;;
    *) setup_export PATH "$setup_cache/bin:$PATH" ;;
    esac
}

# Makes what the wheels hold, installed now or earlier, stand in for what is missing. The programs are linked from a
# folder of their own: in the wheels' bin folder there are also Python scripts, which do not run from there.
setup_use_wheels() {
    local tool wheels=$setup_cache/wheels
    for tool in $setup_missing; do
        case $tool in
        cmake) setup_link_wheel "$wheels/cmake/data/bin/cmake" ;;
        builder) setup_link_wheel "$wheels/bin/ninja" ;;
        libclang) setup_libclang_in "$wheels/clang/native" && setup_export LIBCLANG_PATH "$setup_libclang" ;;
        esac
    done
    return 0
}

# setup_command MANAGER: what a person types to install what is missing.
setup_command() {
    local packages
    # shellcheck disable=SC2086
    packages=$(setup_packages "$1" $setup_missing)
    case $1 in
    brew) printf 'xcode-select --install%s' "${packages:+; brew install$packages}" ;;
    pacman) printf 'sudo pacman -S%s' "$packages" ;;
    apk) printf 'sudo apk add%s' "$packages" ;;
    *) printf 'sudo %s install%s' "$1" "$packages" ;;
    esac
}

setup_by_hand() {
    local tool manager names=''
    for tool in $setup_missing; do
        case $tool in
        compiler) names="$names, a C and C++ compiler with its headers and OpenMP (cc, c++)" ;;
        builder) names="$names, make (or ninja)" ;;
        cmake) names="$names, CMake $setup_cmake_needed or newer" ;;
        libclang) names="$names, libclang" ;;
        openssl) names="$names, the headers of OpenSSL and pkg-config" ;;
        esac
    done
    setup_say "the build needs ${names#, }; installing from here did not work. Install by hand, then try again:"
    if manager=$(setup_package_manager); then
        printf '    %s\n' "$(setup_command "$manager")" >&2
    else
        for manager in apt-get dnf pacman apk zypper brew; do
            printf '    %s\n' "$(setup_command "$manager")" >&2
        done
    fi
    case $setup_missing in
    ' openssl') setup_say 'everything but the feature langchain-rust builds without' ;;
    *) setup_say 'everything but the llama.cpp provider builds without: cargo test --no-default-features' ;;
    esac
}

# --- the order of things --------------------------------------------------------------------------------------------

setup_tools() {
    case $OSTYPE in
    msys* | cygwin*)
        setup_say "on Windows the build tools are not checked; it needs Visual Studio's C++ tools, CMake and LLVM (for libclang)"
        return 0
        ;;
    esac
    setup_scan && return 0
    setup_use_wheels
    setup_scan && return 0
    setup_install_packages && setup_scan && return 0
    setup_install_wheels && setup_use_wheels
    setup_scan && return 0
    setup_by_hand
    return 1
}

setup_announce_build() {
    local built
    for built in "${CARGO_TARGET_DIR:-$setup_root/target}"/*/build/llama-cpp-sys-2-*/out/lib*/libllama.*; do
        [ -e "$built" ] && return 0
    done
    setup_say 'building llama.cpp the first time takes about five minutes'
}

setup_main() {
    setup_rust && setup_tools && setup_libclang_headers && setup_announce_build
}

if setup_main; then
    if [ "${BASH_SOURCE[0]}" = "$0" ] && [ -n "$setup_exported" ]; then
        setup_say 'ready, with these variables (or source this script):'
        for setup_name in $setup_exported; do
            printf 'export %s=%q\n' "$setup_name" "${!setup_name}"
        done
    fi
    # shellcheck disable=SC2046
    unset -f $(compgen -A function setup_) && unset "${!setup_@}"
else
    # shellcheck disable=SC2046
    unset -f $(compgen -A function setup_) && unset "${!setup_@}"
    false
fi
