package io.skerry.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FileDescriptorsTest {

    @Test
    void theSystemCallSaysWhatTheFileSays() {
        assertThat(FileDescriptors.max()).isPositive().isEqualTo(FileDescriptors.ofTheSystem());
    }
}
