# The same in bash. The exit code of this file becomes the exit code of `./sandbox run`.
echo "Hello from bash ${BASH_VERSION} in a sandbox."
if touch /usr/mine 2>/dev/null; then
  echo "The system is writable?" >&2
  exit 1
fi
echo "Only $PWD and /tmp can be written."
