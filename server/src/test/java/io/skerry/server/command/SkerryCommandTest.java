package io.skerry.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
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

    static Stream<CommandLine> commandsOfFamilies() {
        Set<String> families = Set.of("group", "db", "token", "oauth", "org", "user");
        return SkerryCommand.line().getSubcommands().entrySet().stream()
                .filter(family -> families.contains(family.getKey()))
                .flatMap(family -> family.getValue().getSubcommands().values().stream());
    }

    @ParameterizedTest
    @MethodSource("commandsOfFamilies")
    void everyCommandThatAsksAServerHasAnExampleThatWouldRun(CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        String footer = String.join("", command.getCommandSpec().usageMessage().footer());
        assertThat(footer).startsWith("%nExample: " + name);
        String example = footer.substring("%nExample: skerry ".length()).replaceAll(" >.*", "");
        String[] args = example.replaceAll("\"[^\"]*\"", "SQL").split(" ");

        SkerryCommand.line(args).parseArgs(args); // throws if it cannot be read
    }

    @Test
    void wrongUsageIsOneSentenceAndWhereToReadOn() {
        var result = run("db", "show");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .isEqualTo("skerry: Missing required parameter: 'DATABASE'\n"
                        + "`skerry db show --help` shows how it is used.\n");
    }

    @Test
    void theCompletionKnowsAllCommands() {
        assertThat(run("generate-completion").out())
                .contains("group")
                .contains("db")
                .contains("shell")
                .contains("--from-dump")
                .contains("uninvite")
                .contains("--data");
    }
}
