/// Recorded web pages that report themselves: tokens, ready, alive, `probe.js`.
@ApplicationModule(allowedDependencies = {"core", "session", "session :: state"})
@NullMarked
package io.reelkeeper.page;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
