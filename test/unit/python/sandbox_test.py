"""What is left to a program after it became nobody; each case is a process of its own."""

import os
import subprocess
import sys
import time
import unittest

import sandbox


def run(program, *setpriv):
    return subprocess.run(
        ['setpriv', *(setpriv or ['--no-new-privs']), sys.executable, '-c', f'import os, sandbox\n{program}'],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


class Nobody(unittest.TestCase):
    def nobody(self, program):
        result = run(f'sandbox.become_nobody(1)\n{program}')
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.split()

    @unittest.skipUnless(os.geteuid() == 0, 'only root has rights to lose')
    def test_is_nobody_and_cannot_be_root_again(self):
        self.assertNotIn('0', self.nobody('print(*os.getresuid(), *os.getresgid(), *os.getgroups())'))
        self.assertEqual(self.nobody('try: os.setuid(0)\nexcept PermissionError: print("refused")'), ['refused'])

    def test_starts_no_process_and_writes_no_file(self):
        for work in ('os.fork()', 'import tempfile; tempfile.TemporaryFile(buffering=0).write(b"x")'):
            with self.subTest(work):
                self.assertEqual(self.nobody(f'try: {work}\nexcept OSError: print("refused")'), ['refused'])

    def test_has_bounded_memory(self):
        self.assertEqual(self.nobody('try: bytes(200 << 20)\nexcept MemoryError: print("refused")'), ['refused'])

    def test_ends_when_its_rights_may_come_back(self):
        result = run('sandbox.become_nobody(1)\nprint("here")', '--')
        self.assertEqual((result.returncode, result.stdout), (1, ''))
        self.assertIn('could not be dropped', result.stderr)

    def test_is_ended_by_the_kernel_where_it_heeds_nothing(self):
        result = run('sandbox.become_nobody(1, spare=(0, 1))\nwhile True: pass')
        self.assertEqual(result.returncode, -24)


class Time(unittest.TestCase):
    def test_stops_for_each_reason_although_exceptions_are_caught(self):
        for limit, reason in (({'cpu': 0.05}, 'cpu'), ({'wall': 0.05}, 'time')):
            with self.subTest(reason), self.assertRaisesRegex(sandbox.Stop, f'^{reason}$'):
                sandbox.stop_after(**limit)
                self.burn()

    def burn(self):
        while True:
            try:
                sum(range(1000))
            except Exception:  # noqa: BLE001
                continue

    def test_is_calm_afterwards(self):
        sandbox.stop_after(wall=0.05, cpu=10)
        sandbox.calm()
        time.sleep(0.1)


if __name__ == '__main__':
    unittest.main()
