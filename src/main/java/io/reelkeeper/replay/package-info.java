/// What another policy would have made of the recordings that are stored; changes nothing.
@ApplicationModule(
    allowedDependencies = {"core", "session", "session :: state", "session :: machine", "timer"})
@NullMarked
package io.reelkeeper.replay;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
