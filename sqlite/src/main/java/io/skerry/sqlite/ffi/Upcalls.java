package io.skerry.sqlite.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/// Makes C function pointers of Java methods. They are few, static in number, and live as long as the
/// process.
///
/// The method must catch every Throwable: one that leaves it ends the JVM.
public final class Upcalls {
    private Upcalls() {}

    /// Pointer to a static method; `shape` as in [Call].
    public static long staticStub(MethodHandles.Lookup lookup, Class<?> owner, String name, String shape) {
        var descriptor = Call.describe(shape);
        try {
            return pointer(lookup.findStatic(owner, name, descriptor.toMethodType()), shape);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Pointer to a method of `receiver`.
    public static long stub(MethodHandles.Lookup lookup, Object receiver, String name, String shape) {
        var descriptor = Call.describe(shape);
        try {
            return pointer(lookup.bind(receiver, name, descriptor.toMethodType()), shape);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static long pointer(MethodHandle handle, String shape) {
        return Linker.nativeLinker()
                .upcallStub(handle, Call.describe(shape), Arena.global())
                .address();
    }
}
