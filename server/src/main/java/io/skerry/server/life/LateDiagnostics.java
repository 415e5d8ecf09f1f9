package io.skerry.server.life;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.locks.ReentrantLock;
import javax.management.MBeanServer;
import javax.management.MBeanServerBuilder;
import javax.management.MBeanServerDelegate;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectInstance;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/// Makes the JVM's server of management beans, into which Ratis puts its own at the start of each group.
/// One of the JVM's describes each of its diagnostic commands, and reads every setting of the flight
/// recorder for that: a tenth of a start. Here it is registered when somebody first asks for any bean.
///
/// The JVM is told of this class by `javax.management.builder.initial`.
public final class LateDiagnostics extends MBeanServerBuilder {

    static final ObjectName DIAGNOSTICS = name("com.sun.management:type=DiagnosticCommand");

    private static ObjectName name(String name) {
        try {
            return new ObjectName(name);
        } catch (MalformedObjectNameException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public MBeanServer newMBeanServer(String defaultDomain, @Nullable MBeanServer outer, MBeanServerDelegate delegate) {
        return (MBeanServer) Proxy.newProxyInstance(
                LateDiagnostics.class.getClassLoader(),
                new Class<?>[] {MBeanServer.class},
                new Late(super.newMBeanServer(defaultDomain, outer, delegate)));
    }

    private static final class Late implements InvocationHandler {

        private final MBeanServer server;
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable Object diagnostics;

        Late(MBeanServer server) {
            this.server = server;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            boolean registers = method.getName().equals("registerMBean");
            if (registers && arguments != null && arguments[0] != null && DIAGNOSTICS.equals(arguments[1])) {
                return keep(arguments[0]);
            }
            if (!registers) {
                registerKept();
            }
            try {
                return method.invoke(server, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }

        private ObjectInstance keep(Object bean) {
            lock.lock();
            try {
                diagnostics = bean;
            } finally {
                lock.unlock();
            }
            return new ObjectInstance(DIAGNOSTICS, bean.getClass().getName());
        }

        /// Whoever comes second finds it.
        private void registerKept() throws Exception {
            lock.lock();
            try {
                Object bean = diagnostics;
                if (bean != null) {
                    diagnostics = null;
                    server.registerMBean(bean, DIAGNOSTICS);
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
