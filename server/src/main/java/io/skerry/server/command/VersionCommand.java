package io.skerry.server.command;

import picocli.CommandLine.Command;

@Command(name = "version", description = "Prints the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Runnable {

    @Override
    public void run() {
        System.out.println(new Version().getVersion()[0]);
    }
}
