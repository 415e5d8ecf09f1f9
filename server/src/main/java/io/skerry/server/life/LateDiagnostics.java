package io.skerry.server.life;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.MBeanServer;
import javax.management.MBeanServerBuilder;
import javax.management.MBeanServerDelegate;
import javax.management.ObjectInstance;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/// Makes the JVM's server of management beans, into which Ratis puts its own at the start of each group. The JVM's
/// first
/// one of all describes each of its diagnostic commands, and for that reads every setting of the flight recorder: a
/// tenth of a start. Here it is registered when somebody first asks for any bean.
///
/// The JVM is told of this class by `javax.management.builder.initial`.
public final class LateDiagnostics extends MBeanServerBuilder {

    static final ObjectName DIAGNOSTICS = name("com.sun.management:type=DiagnosticCommand");

    private static ObjectName name(String name) {
        try {
            return new ObjectName(name);
        } catch (javax.management.MalformedObjectNameException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public MBeanServer newMBeanServer(String defaultDomain, @Nullable MBeanServer outer, MBeanServerDelegate delegate) {
        MBeanServer server = super.newMBeanServer(defaultDomain, outer, delegate);
        AtomicReference<@Nullable Object> late = new AtomicReference<>();
        return (MBeanServer) Proxy.newProxyInstance(
                LateDiagnostics.class.getClassLoader(),
                new Class<?>[] {MBeanServer.class},
                (proxy, method, arguments) -> {
                    if (!method.getName().equals("registerMBean")) {
                        Object bean = late.getAndSet(null);
                        if (bean != null) {
                            server.registerMBean(bean, DIAGNOSTICS);
                        }
                    } else if (DIAGNOSTICS.equals(arguments[1])) {
                        late.set(arguments[0]);
                        return new ObjectInstance(
                                DIAGNOSTICS, arguments[0].getClass().getName());
                    }
                    return call(server, method, arguments);
                });
    }

    private static @Nullable Object call(MBeanServer server, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(server, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
