# The shared memory of a workflow, for its steps: JSON values by key, which all steps of the workflow read and write.
#
#   memory set plan '{"parts": 3}'        writes JSON: the argument, or standard input where there is none
#   memory get plan                       prints it; status 1 where there is none
#   memory update done COMMAND…           replaces it by what COMMAND prints, which reads it (null for none); nothing is lost
#   memory keys; memory delete plan       prints all keys; removes one, status 1 where there is none
#   memory text "$x"                      prints a text as JSON
#
# Speaks HTTP by bash itself: a template needs no program for it.

memory() {
    local action=${1-} key=${2-}
    case $action in
        get)
            __sandbox_memory_call GET "/$key" || return
            builtin printf '%s\n' "$__sandbox_memory_body"
            ;;
        set)
            if (($# > 2)); then
                __sandbox_memory_call PUT "/$key" "" "$3"
            else
                local value
                IFS= builtin read -r -d '' value || :
                __sandbox_memory_call PUT "/$key" "" "$value"
            fi
            ;;
        update)
            shift 2
            __sandbox_memory_update "$key" "$@"
            ;;
        delete) __sandbox_memory_call DELETE "/$key" ;;
        keys) __sandbox_memory_keys ;;
        text) __sandbox_memory_text "$key" ;;
        *)
            builtin printf 'memory: get KEY | set KEY [JSON] | update KEY COMMAND… | delete KEY | keys | text TEXT\n' >&2
            return 2
            ;;
    esac
}

# Status 1 where there is no such key, 3 where it was changed, 2 for every other refusal, which is told.
__sandbox_memory_call() {
    if [[ -z ${SANDBOX_MEMORY_URL-} ]]; then
        builtin printf 'memory: this program is no step of a workflow\n' >&2
        return 2
    fi
    if ! __sandbox_memory_request "$@"; then
        builtin printf 'memory: the memory did not answer\n' >&2
        return 2
    fi
    case $__sandbox_memory_status in
        2*) return 0 ;;
        404) return 1 ;;
        412) return 3 ;;
    esac
    builtin printf 'memory: refused with %s: %s\n' "$__sandbox_memory_status" "$__sandbox_memory_body" >&2
    return 2
}

# Method, path, one header, body. Lengths are counted in bytes.
__sandbox_memory_request() {
    local LC_ALL=C host=${SANDBOX_MEMORY_URL#http://} header=${3-} body=${4-} line link
    local root=/${host#*/}
    host=${host%%/*}
    __sandbox_memory_status=0 __sandbox_memory_etag= __sandbox_memory_body=
    { exec {link}<>"/dev/tcp/${host%:*}/${host#*:}"; } 2>/dev/null || return 1
    builtin printf '%s %s%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n%s' \
        "$1" "$root" "$2" "$host" "${header:+$header$'\r\n'}" "${#body}" "$body" >&"$link"
    IFS=' ' builtin read -r line __sandbox_memory_status line <&"$link" || :
    while IFS= builtin read -r line <&"$link" && line=${line%$'\r'} && [[ -n $line ]]; do
        if [[ ${line,,} == etag:* ]]; then
            __sandbox_memory_etag=${line#*: }
        fi
    done
    IFS= builtin read -r -d '' __sandbox_memory_body <&"$link" || :
    exec {link}>&-
    [[ $__sandbox_memory_status != 0 ]]
}

__sandbox_memory_update() {
    local key=$1 value guard status attempt
    shift
    for ((attempt = 0; attempt < 1000; attempt++)); do
        status=0
        __sandbox_memory_call GET "/$key" || status=$?
        case $status in
            0) guard="If-Match: $__sandbox_memory_etag" value=$__sandbox_memory_body ;;
            1) guard='If-None-Match: *' value=null ;;
            *) return "$status" ;;
        esac
        value=$("$@" <<<"$value") || return
        status=0
        __sandbox_memory_call PUT "/$key" "$guard" "$value" || status=$?
        ((status == 3)) || return "$status"
        command -p sleep "0.0$((RANDOM % 90 + 10))"
    done
    builtin printf 'memory: %s was changed by others 1000 times in a row\n' "$key" >&2
    return 3
}

__sandbox_memory_keys() {
    local after= rest
    while :; do
        __sandbox_memory_call GET "?after=$after" || return
        rest=$__sandbox_memory_body
        while [[ $rest =~ \"key\":\"([^\"]*)\" ]]; do
            builtin printf '%s\n' "${BASH_REMATCH[1]}"
            rest=${rest#*"${BASH_REMATCH[0]}"}
        done
        [[ $rest =~ \"next\":\"([^\"]*)\" ]] || return 0
        after=${BASH_REMATCH[1]}
    done
}

__sandbox_memory_text() {
    local text=$1 code escaped
    text=${text//\\/\\\\}
    text=${text//\"/\\\"}
    for code in {1..31}; do
        builtin printf -v escaped '\\u%04x' "$code"
        builtin printf -v code "\\x$(builtin printf %x "$code")"
        text=${text//"$code"/"$escaped"}
    done
    builtin printf '"%s"\n' "$text"
}
