# METADATA
# title: Images are named by digest
# description: A tag can be moved to another image after it was looked at. A digest names one image for ever.
# custom:
#   id: images-by-digest
#   for: [manifest, dockerfile]
#   mend: >-
#     name the image as `repository@sha256:…`; `docker buildx imagetools inspect <image>` tells the digest
package stagecraft.images_by_digest

import data.lib.kubernetes

deny contains finding if {
	some found in kubernetes.containers
	image := found.container.image
	not by_digest(image)
	finding := {
		"msg": sprintf("container `%s` runs `%s`, which is not named by its digest", [found.name, image]),
		"path": array.concat(found.path, ["image"]),
	}
}

deny contains finding if {
	is_array(input)
	some at, instruction in input
	instruction.Cmd == "from"
	image := image_of(instruction.Value[0])
	image != "scratch"
	not stage_before(image, at)
	not by_digest(image)
	finding := {
		"msg": sprintf("the image is built on `%s`, which is not named by its digest", [image]),
		"path": [at],
	}
}

by_digest(image) if regex.match(`@sha256:[0-9a-f]{64}$`, image)

stage_before(image, at) if {
	some earlier, instruction in input
	earlier < at
	instruction.Cmd == "from"
	lower(instruction.Value[1]) == "as"
	lower(instruction.Value[2]) == lower(image)
}

# An argument stands for its default.
image_of(written) := written if not argument(written)

image_of(written) := value if {
	name := argument(written)
	value := object.get(defaults, name, written)
}

argument(written) := trim(written, "${}") if regex.match(`^[$][{]?[A-Za-z_][A-Za-z0-9_]*[}]?$`, written)

defaults[name] := value if {
	some instruction in input
	instruction.Cmd == "arg"
	some written in instruction.Value
	[name, value] := split(written, "=")
}
