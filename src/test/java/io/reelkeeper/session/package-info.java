/// The life of a session, tried without a database and on a real one.
@org.jspecify.annotations.NullMarked
package io.reelkeeper.session;
