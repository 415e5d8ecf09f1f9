package io.skerry.server.command;

import picocli.CommandLine;

/// What `--version` and `version` print: the version of Skerry and of the Java that runs it.
final class Version implements CommandLine.IVersionProvider {

    static String skerry() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"skerry " + skerry() + " (Java " + Runtime.version() + ")"};
    }
}
