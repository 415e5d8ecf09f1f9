package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlTextTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SELECT 1                                              | SELECT
            /* x; */ -- y;{n} select 1                            | SELECT
            VALUES (1)                                            | SELECT
            WITH a AS (SELECT 1) SELECT * FROM a                  | SELECT
            WITH a AS (DELETE) , b(update) AS (SELECT 1) INSERT INTO t SELECT 1 | INSERT
            WITH RECURSIVE a AS (SELECT 1) UPDATE t SET a=1       | UPDATE
            WITH a AS (SELECT 1) DELETE FROM t                    | DELETE
            REPLACE INTO t VALUES (1)                             | INSERT
            EXPLAIN QUERY PLAN INSERT INTO t VALUES (1)           | EXPLAIN
            BEGIN                                                 | BEGIN_DEFERRED
            begin deferred transaction                            | BEGIN_DEFERRED
            BEGIN IMMEDIATE                                       | BEGIN_IMMEDIATE
            BEGIN EXCLUSIVE TRANSACTION                           | BEGIN_IMMEDIATE
            BEGIN READONLY                                        | BEGIN_READONLY
            BEGIN TRANSACTION READONLY                            | BEGIN_READONLY
            COMMIT TRANSACTION                                    | COMMIT
            END                                                   | COMMIT
            ROLLBACK                                              | ROLLBACK
            ROLLBACK TRANSACTION TO SAVEPOINT a                   | RELEASE
            ROLLBACK TO a                                         | RELEASE
            SAVEPOINT begin                                       | SAVEPOINT
            RELEASE SAVEPOINT a                                   | RELEASE
            CREATE TABLE t (a)                                    | SCHEMA
            ALTER TABLE t ADD COLUMN b                            | SCHEMA
            PRAGMA user_version                                   | PRAGMA
            VACUUM INTO 'x'                                       | VACUUM
            ATTACH 'x' AS y                                       | ATTACH
            detach x                                              | DETACH
            nonsense                                              | OTHER
            """)
    void findsTheVerb(String sql, Verb verb) {
        assertThat(SqlText.single(sql.replace("{n}", "\n")).verb()).isEqualTo(verb);
    }

    @Test
    void cutsScriptsWhereSqliteDoes() {
        assertThat(SqlText.script("""
                ;; SELECT ';' ; select "a;""b", [c;d], `e;` -- f;
                ; /* g; */
                CREATE TRIGGER t AFTER INSERT ON x WHEN 1 BEGIN
                  UPDATE x SET a = CASE WHEN 1 THEN 2 END;
                  SELECT 'END;';
                END;
                CREATE TEMP TRIGGER u BEFORE DELETE ON x BEGIN SELECT 1; END ; CREATE TABLE trigger_log (trigger);
                SELECT x'00', 1 /* open"""))
                .extracting(SqlText::text)
                .containsExactly(
                        "SELECT ';'",
                        "select \"a;\"\"b\", [c;d], `e;`",
                        """
                CREATE TRIGGER t AFTER INSERT ON x WHEN 1 BEGIN
                  UPDATE x SET a = CASE WHEN 1 THEN 2 END;
                  SELECT 'END;';
                END""",
                        "CREATE TEMP TRIGGER u BEFORE DELETE ON x BEGIN SELECT 1; END",
                        "CREATE TABLE trigger_log (trigger)",
                        "SELECT x'00', 1");
        assertThat(SqlText.script(" -- nothing\n /* at all */ ; ;")).isEmpty();
        assertThat(SqlText.script("SELECT 'open; quote")).hasSize(1);
    }
}
