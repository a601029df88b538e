/// The life of a session, and the only door to its state.
@ApplicationModule(allowedDependencies = {"core", "timer", "outbox"})
@NullMarked
package io.reelkeeper.session;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
