"""Runs a program in a pseudo-terminal: in-terminal.py COLUMNS ROWS STDIN STDOUT PROGRAM ARGUMENTS...

STDIN and STDOUT are "terminal" or a file's path. What the terminal shows goes to our stdout; our stdin takes one JSON object
per line: {"type": text}, {"resize": [columns, rows]} or {"signal": number}. Ends with the program's exit code.
"""
import fcntl, json, os, pty, select, struct, sys, termios

columns, rows, stdin, stdout = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


ready, go = os.pipe()
child, terminal = pty.fork()
if child == 0:
    os.read(ready, 1)  # the size is set before the program looks at it
    os.close(ready)
    os.close(go)
    if stdin != "terminal":
        os.dup2(os.open(stdin, os.O_RDONLY), 0)
    if stdout != "terminal":
        os.dup2(os.open(stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
    os.execvp(sys.argv[5], sys.argv[5:])

resize(terminal, columns, rows)
os.write(go, b"x")
commands = b""
listening = True
while True:
    readable, _, _ = select.select([terminal] + ([0] if listening else []), [], [])
    if 0 in readable:
        received = os.read(0, 65536)
        listening = received != b""
        commands += received
        *whole, commands = commands.split(b"\n")
        for line in whole:
            command = json.loads(line)
            if "type" in command:
                os.write(terminal, command["type"].encode())
            elif "resize" in command:
                resize(terminal, *command["resize"])
            else:
                os.kill(child, command["signal"])
    if terminal in readable:
        try:
            shown = os.read(terminal, 65536)
        except OSError:  # EIO: nobody holds the other side any more
            break
        if shown == b"":
            break
        while shown:
            shown = shown[os.write(1, shown):]

_, status = os.waitpid(child, 0)
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)  # a signal, as a shell says it
