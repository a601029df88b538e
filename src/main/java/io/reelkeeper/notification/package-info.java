/// Notifications in: signature over raw bytes, durable inbox, notice to signal.
@ApplicationModule(
    allowedDependencies = {"core", "session", "session :: state", "session :: limits"})
@NullMarked
package io.reelkeeper.notification;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
