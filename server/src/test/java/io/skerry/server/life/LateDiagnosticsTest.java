package io.skerry.server.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.DynamicMBean;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.MBeanServerBuilder;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

class LateDiagnosticsTest {

    /// Counts how often it is asked to describe itself, which is what takes the JVM's own so long.
    private static final class Described implements DynamicMBean {

        final AtomicInteger times = new AtomicInteger();

        @Override
        public MBeanInfo getMBeanInfo() {
            times.incrementAndGet();
            return new MBeanInfo(Described.class.getName(), "a bean", null, null, null, null);
        }

        @Override
        public Object getAttribute(String attribute) {
            return attribute;
        }

        @Override
        public void setAttribute(Attribute attribute) {}

        @Override
        public AttributeList getAttributes(String[] attributes) {
            return new AttributeList();
        }

        @Override
        public AttributeList setAttributes(AttributeList attributes) {
            return attributes;
        }

        @Override
        public Object invoke(String action, Object[] parameters, String[] signature) {
            return action;
        }
    }

    private static MBeanServer server() {
        MBeanServerBuilder builder = new LateDiagnostics();
        return builder.newMBeanServer("skerry", null, builder.newMBeanServerDelegate());
    }

    @Test
    void diagnosticsAreDescribedWhenSomebodyAsksForABean() throws Exception {
        MBeanServer server = server();
        Described late = new Described();
        Described other = new Described();
        server.registerMBean(late, LateDiagnostics.DIAGNOSTICS);
        server.registerMBean(other, new ObjectName("skerry:type=Other"));
        assertThat(late.times).hasValue(0);
        assertThat(other.times).hasPositiveValue();

        assertThat(server.getAttribute(LateDiagnostics.DIAGNOSTICS, "name")).isEqualTo("name");
        assertThat(late.times).hasPositiveValue();
    }

    @Test
    void aQuestionForAllBeansFindsThemToo() throws Exception {
        MBeanServer server = server();
        server.registerMBean(new Described(), LateDiagnostics.DIAGNOSTICS);
        assertThat(server.queryNames(new ObjectName("com.sun.management:*"), null))
                .containsExactly(LateDiagnostics.DIAGNOSTICS);
    }
}
