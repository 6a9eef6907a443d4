"""What the parts of quality.py share: where data, scorers and scratch files are, and the table that is printed."""
import lzma, os, subprocess, sys, time


class Quality:
    def __init__(self, shared, code, scratch):
        self.shared, self.code, self.scratch = shared, code, scratch
        self.tools = os.path.dirname(os.path.abspath(code))  # build/; its quality/ has programs for measuring
        self.rows = []

    def row(self, name, figure, value):
        self.rows.append((name, figure, value))

    def path(self, name):
        return os.path.join(self.scratch, name)

    def data(self, *names):
        return os.path.join(self.shared, "data", *names)

    def scorer(self, name, *args):
        """What a script of SHARED/eval prints."""
        return self.output(sys.executable, os.path.join(self.shared, "eval", name), *args)

    def output(self, *command):
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def pipe(self, command, source, out):
        subprocess.run(command, check=True, stdin=source, stdout=out)

    def unpack(self, source, name):
        """A file of SHARED/data, unpacked into the scratch directory; its path there."""
        with lzma.open(source, "rt", encoding="utf-8") as packed, open(self.path(name), "w", encoding="utf-8") as out:
            out.write(packed.read())
        return self.path(name)

    def run(self, name, *arguments):
        """Runs stance-code into a scratch file; its path, and the seconds that it took."""
        begin = time.monotonic()
        with open(self.path(name), "wb") as out:
            subprocess.run([self.code, *arguments], check=True, stdout=out)
        return self.path(name), time.monotonic() - begin
