# Bash kernel: waits for code and becomes a shell that runs it.
#
# Descriptor 3 is a stream to the agent.
#   to the agent:    {"type":"ready"}                  a line, once code is waited for
#   from the agent:  cwd NUL argc NUL (argument NUL)* envc NUL (NAME=VALUE NUL)* length NUL code, then end of file
LC_ALL=C

# One argument of a program may have 128 KiB.
longest=131000

printf '{"type":"ready"}\n' >&3
word() { IFS= read -r -d '' "$1" <&3; }
word cwd && cd -- "$cwd" || exit 126
word count
arguments=()
for ((; count > 0; count--)); do word argument; arguments+=("$argument"); done
word count
variables=()
for ((; count > 0; count--)); do word variable; variables+=("$variable"); done
word length
IFS= read -r -N "$length" code <&3
exec 3>&-

if ((length <= longest)); then
    exec env "${variables[@]}" bash -c "$code" main.sh "${arguments[@]}"
fi

# Too long to be an argument: the shell reads it from a file that has no name any more, in its first line so that errors
# name the right one.
file=$(mktemp) && printf '%s' "$code" >"$file" && exec 3<"$file" && rm -f -- "$file"
exec env "${variables[@]}" bash -c 'eval "exec 3<&-; $(cat <&3)"' main.sh "${arguments[@]}"
