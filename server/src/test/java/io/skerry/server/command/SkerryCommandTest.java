package io.skerry.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SkerryCommandTest {

    private record Result(int code, String out, String err) {}

    private static Result run(String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        CommandLine line = SkerryCommand.line(args);
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int code = line.execute(args);
        return new Result(code, out.toString(), err.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev",
                "demo",
                "check",
                "group",
                "db",
                "token",
                "oauth",
                "org",
                "user",
                "generate-completion",
                "version"
            })
    void everyCommandIsInTheHelpAndHasOneOfItsOwn(String command) {
        assertThat(run("--help").out()).containsPattern("(?m)^  " + command + " ");
        var own = run(command, "--help");
        assertThat(own.code()).isZero();
        assertThat(own.out()).contains("skerry " + command);
    }

    @Test
    void aCommandThatIsNotThereIsRefusedWithTheNearestOnes() {
        var result = run("gruop", "list");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("gruop").contains("group");
    }

    @Test
    void theCompletionKnowsAllCommands() {
        assertThat(run("generate-completion").out())
                .contains("group")
                .contains("db")
                .contains("--data");
    }
}
