package io.skerry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.Shares.Got;
import org.junit.jupiter.api.Test;

class SharesTest {

    @Test
    void whoHasHisShareLeavesTheRestToOthers() {
        Shares<String> shares = new Shares<>(3, 2);
        assertThat(shares.tryAcquire("ana")).isEqualTo(Got.PERMIT);
        assertThat(shares.tryAcquire("ana")).isEqualTo(Got.PERMIT);
        assertThat(shares.tryAcquire("ana")).isEqualTo(Got.SHARE_TAKEN);
        assertThat(shares.tryAcquire("bob")).isEqualTo(Got.PERMIT);
        shares.release("ana");
        assertThat(shares.tryAcquire("ana")).isEqualTo(Got.PERMIT);
    }

    @Test
    void whoFindsAllTakenHasNothingOfHisShare() {
        Shares<String> shares = new Shares<>(1, 1);
        assertThat(shares.tryAcquire("ana")).isEqualTo(Got.PERMIT);
        assertThat(shares.tryAcquire("bob")).isEqualTo(Got.ALL_TAKEN);
        assertThat(shares.tryAcquire("bob")).isEqualTo(Got.ALL_TAKEN);
        shares.release("ana");
        assertThat(shares.tryAcquire("bob")).isEqualTo(Got.PERMIT);
    }
}
