/// Wake-ups that survive a restart; knows their kinds as names, not as meanings.
@ApplicationModule(allowedDependencies = {"core", "trail"})
@NullMarked
package io.reelkeeper.timer;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
