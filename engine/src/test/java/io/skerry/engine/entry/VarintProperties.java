package io.skerry.engine.entry;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class VarintProperties {

    @Property
    void aNumberIsReadAsItWasWritten(@ForAll @LongRange(min = 0) long value) {
        var out = new Output(0);
        out.varint(value);
        assertThat(out.size()).isEqualTo(Output.varintBytes(value));
        var in = new Input(out.array(), 0, out.size());
        assertThat(in.varint(0, Long.MAX_VALUE, "number")).isEqualTo(value);
        assertThat(in.remaining()).isZero();
    }
}
