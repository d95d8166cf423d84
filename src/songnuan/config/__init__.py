"""Settings, addresses and the doors for web servers."""

import sys

# SQLite 3.7.0 to 3.51.2 can corrupt a database when the write-ahead log is reset. The wheel brings a
# newer one; `songnuan doctor` says so where there is no wheel.
try:
    import pysqlite3
except ImportError:
    pass
else:
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
