eval "$__sandbox_code"
# Sourced for every step, so that an interrupt can return from it. The code is in the first line: errors name its own lines.
