"""Reading fail2ban's database."""

import os
import sqlite3
import tempfile
import unittest
from contextlib import closing

import database
import kept_bans

TABLES = """
CREATE TABLE bips (ip TEXT, jail TEXT, timeofban INTEGER, bantime INTEGER, data JSON);
CREATE TABLE bans (jail TEXT, ip TEXT);
INSERT INTO bips VALUES ('192.0.2.1', 'sshd', 100, 60, '{"failures": 0}'), ('192.0.2.2', 'sshd', 100, -1, '{}'),
    ('192.0.2.3', 'sshd', 10, 60, '{}'), (CAST(X'62ff62' AS TEXT), 'pve', 100, 60, 'no JSON');
INSERT INTO bans VALUES ('sshd', '192.0.2.1'), ('pve', '192.0.2.1');
"""


class Database(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, 'a?b#c%20d.sqlite3')
        with closing(sqlite3.connect(self.path)) as db:
            db.executescript(TABLES)

    def test_reads_a_file_with_signs_of_a_uri_in_its_name(self):
        [rows, none] = database.read(
            self.path,
            ('SELECT ip FROM bips WHERE jail = ? AND bantime = ?', 'sshd', -1),
            ('SELECT ip FROM bips WHERE jail = ?', 'none'),
        )
        self.assertEqual(rows, [('192.0.2.2',)])
        self.assertEqual(none, [])

    def test_reads_an_address_that_is_no_utf_8(self):
        self.assertEqual(database.read(self.path, ("SELECT ip FROM bips WHERE jail = 'pve'",)), [[('b\ufffdb',)]])

    def test_writes_nothing(self):
        with self.assertRaisesRegex(sqlite3.OperationalError, 'readonly'):
            database.read(self.path, ('DELETE FROM bans',))

    def test_creates_no_file(self):
        for mode in ('ro', 'rw'):
            with self.assertRaises(sqlite3.OperationalError), database.connect(self.path + '.none', mode):
                self.fail('it opened a database that there is not')
        self.assertFalse(os.path.exists(self.path + '.none'))

    def test_keeps_nothing_open(self):
        database.read(self.path, ('SELECT ip FROM bips',))
        with closing(sqlite3.connect(self.path, timeout=0)) as db:
            db.execute('BEGIN EXCLUSIVE')

    def test_knows_which_bans_last_and_were_made_by_hand(self):
        found = kept_bans.kept(self.path, ['sshd', 'pve'], 120)
        self.assertEqual(
            found,
            [['sshd', '192.0.2.1', True], ['sshd', '192.0.2.2', False], ['pve', 'b\ufffdb', False]],
        )

    def test_forgets_bans_of_the_named_jails_only(self):
        kept_bans.forget(self.path, {'sshd': ['192.0.2.1', '192.0.2.9'], 'other': []})
        [bips, bans] = database.read(self.path, ("SELECT ip FROM bips WHERE jail = 'sshd'",), ('SELECT * FROM bans',))
        self.assertEqual(bips, [('192.0.2.2',), ('192.0.2.3',)])
        self.assertEqual(bans, [('pve', '192.0.2.1')])


if __name__ == '__main__':
    unittest.main()
