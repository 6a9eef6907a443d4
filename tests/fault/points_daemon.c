/* The daemon's own fail points: its store and its workers' processes. */
#include "tests/fault/points.h"

#include <errno.h>
#include <lmdb.h>
#include <spawn.h>
#include <stddef.h>

int __real_mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data, unsigned flags);
int __wrap_mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data, unsigned flags);
int __real_mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags, MDB_txn **txn);
int __wrap_mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags, MDB_txn **txn);
int __real_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_txn_commit(MDB_txn *txn);
int __real_posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]);
int __wrap_posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]);

int __wrap_mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data, unsigned flags)
{
    static long puts, full;
    if (fault_fails("put", &puts))
        return EIO;
    if (fault_fails("put_full", &full))
        return MDB_MAP_FULL;
    return __real_mdb_put(txn, dbi, key, data, flags);
}

int __wrap_mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags, MDB_txn **txn)
{
    static long calls;
    return fault_fails("begin", &calls) ? ENOMEM : __real_mdb_txn_begin(env, parent, flags, txn);
}

/* A commit that fails frees its transaction all the same. */
int __wrap_mdb_txn_commit(MDB_txn *txn)
{
    static long calls;
    if (!fault_fails("commit", &calls))
        return __real_mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return ENOSPC;
}

int __wrap_posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
    static long calls;
    return fault_fails("spawn", &calls) ? EAGAIN
                                        : __real_posix_spawnp(pid, file, actions, attributes, argv, envp);
}
