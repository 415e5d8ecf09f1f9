/// Tests of the whole process, as `./skerry` starts it.
@NullMarked
package io.skerry.server.process;

import org.jspecify.annotations.NullMarked;
