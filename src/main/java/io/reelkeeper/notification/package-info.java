/// Notifications in: signature over raw bytes, durable inbox, notice to signal.
@ApplicationModule(allowedDependencies = {"core", "session", "session :: state"})
@NullMarked
package io.reelkeeper.notification;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
