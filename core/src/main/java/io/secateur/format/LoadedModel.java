package io.secateur.format;

import io.secateur.nn.Network;
import java.nio.file.Path;

/**
 * A model file and the network in it.
 *
 * @param path where it was read
 * @param sha256 of the file, in lower-case hexadecimal
 */
public record LoadedModel(Path path, ModelFile file, Network network, String sha256) {}
