/// Where files go: profiles, vendors and regions, fingerprints, bucket readers, playlists.
@ApplicationModule(allowedDependencies = {"core"})
@NullMarked
package io.reelkeeper.storage;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
