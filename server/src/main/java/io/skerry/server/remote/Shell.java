package io.skerry.server.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.engine.query.SqlScript;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;

/// Reads statements and commands with a dot, and shows what comes of them. Not thread-safe.
final class Shell {

    private static final String COMMANDS = """
            .tables          names of the tables and views
            .schema [NAME]   the statements that made them, or one
            .dump            all of the database as SQL
            .quit            ends the shell
            Everything else is SQL; a statement ends with a semicolon.""";

    private final String database;
    private final SqlStream sql;
    private final Dump dump;
    private final PrintWriter out;
    private final boolean json;

    Shell(String database, SqlStream sql, Dump dump, PrintWriter out, boolean json) {
        this.database = database;
        this.sql = sql;
        this.dump = dump;
        this.out = out;
        this.json = json;
    }

    /// Runs statements, the last with or without a semicolon, or one command with a dot.
    ///
    /// @throws RemoteException at the first that fails
    void run(String text) throws RemoteException {
        if (text.strip().startsWith(".")) {
            command(text.strip());
            return;
        }
        SqlScript script = SqlScript.of(text + "\n;");
        for (String statement : script.statements()) {
            execute(statement);
        }
        if (!script.rest().isBlank()) {
            throw new RemoteException("the last statement is not complete: a quote, a comment or a body is open");
        }
    }

    /// Runs what comes on `in` until it ends or says `.quit`.
    ///
    /// @throws RemoteException at the first that fails
    void read(BufferedReader in) throws RemoteException {
        Input input = new Input(in);
        String rest = "";
        for (String line = input.line(); line != null; line = input.line()) {
            if (rest.isEmpty() && line.strip().startsWith(".")) {
                if (!command(line.strip())) {
                    return;
                }
                continue;
            }
            rest = rest(rest, line);
        }
        run(rest);
    }

    /// The same for a person: asks for each line, and goes on after a mistake.
    void ask(BufferedReader in, PrintWriter err) throws RemoteException {
        Input input = new Input(in);
        String rest = "";
        out.println("Statements end with a semicolon; .help says what else there is.");
        while (true) {
            prompt(rest);
            String line = input.line();
            if (line == null) {
                out.println();
                return;
            }
            try {
                if (rest.isEmpty() && line.strip().startsWith(".")) {
                    if (!command(line.strip())) {
                        return;
                    }
                    continue;
                }
                rest = rest(rest, line);
            } catch (RemoteException e) {
                rest = "";
                out.flush();
                err.println("skerry: " + e.getMessage());
            }
        }
    }

    private void prompt(String rest) {
        String mark = rest.isEmpty() ? (sql.inTransaction() ? "*> " : "> ") : "...> ";
        out.print((rest.isEmpty() ? database : " ".repeat(Math.max(0, database.length() - 3))) + mark);
        out.flush();
    }

    /// Runs the statements that `line` completes.
    ///
    /// @return what is not complete yet
    private String rest(String before, String line) throws RemoteException {
        String text = before + line + "\n";
        // Without a semicolon it completes none, and is not looked at again and again.
        if (line.indexOf(';') < 0 && !before.isEmpty()) {
            return text;
        }
        SqlScript script = SqlScript.of(text);
        for (String statement : script.statements()) {
            execute(statement);
        }
        return script.rest();
    }

    private void execute(String statement) throws RemoteException {
        show(sql.execute(statement));
    }

    private void show(JsonNode result) {
        if (json) {
            ResultView.lines(result, out);
        } else {
            ResultView.table(result, out);
        }
        out.flush();
    }

    /// @return whether to go on
    private boolean command(String line) throws RemoteException {
        String[] words = line.replaceAll(";$", "").strip().split("\\s+", 2);
        switch (words[0]) {
            case ".tables" ->
                show(sql.execute("SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view')"
                        + " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name"));
            case ".schema" -> schema(words.length > 1 ? words[1] : "");
            case ".dump" -> {
                out.flush();
                dump.to(System.out);
            }
            case ".help" -> out.println(COMMANDS);
            case ".quit", ".exit" -> {
                return false;
            }
            default ->
                throw new RemoteException("there is no " + Table.printable(words[0]) + "; .help says what there is");
        }
        return true;
    }

    private void schema(String name) throws RemoteException {
        String all = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL";
        JsonNode result =
                name.isEmpty() ? sql.execute(all) : sql.execute(all + " AND lower(tbl_name) = lower(?)", name);
        if (json) {
            show(result);
            return;
        }
        if (!name.isEmpty() && result.path("rows").isEmpty()) {
            throw new RemoteException("there is no table or view " + Table.printable(name));
        }
        for (JsonNode row : result.path("rows")) {
            row.at("/0/value").asText().lines().map(Table::printable).forEach(line -> out.print(line + "\n"));
            out.println(";");
        }
        out.flush();
    }

    /// Lines, with our exception.
    private record Input(BufferedReader in) {
        @org.jspecify.annotations.Nullable
        String line() throws RemoteException {
            try {
                return in.readLine();
            } catch (IOException e) {
                throw new RemoteException("the standard input cannot be read: " + e.getMessage());
            }
        }
    }
}
