/// Content for databases that clients send: dumps and database files, on the node that took them, until
/// they are used or their time is over. What is in them is checked here; who may send them is decided
/// elsewhere.
@NullMarked
package io.skerry.catalog.upload;

import org.jspecify.annotations.NullMarked;
