package sidecar

import "github.com/openclaw/lock-helpers/go/internal/evidence"

// domain is VERDICT-4. What is recorded there and cannot be known here is neither equal nor different.
func (o *observer) domain() evidence.Domain {
	own := o.sys.Self()
	ours := [...]struct{ key, value string }{
		{"platform", o.sys.Platform()}, {"bootId", own.BootID}, {"pidNamespace", own.PIDNamespace},
	}
	whole := true
	for _, mine := range ours {
		recorded := o.content.Strings[mine.key]
		switch {
		case mine.value == "":
			// Elsewhere there is no such thing. Without /proc both sides record nothing, in whatever namespaces they are:
			// that is not the same domain.
			whole = whole && o.sys.Platform() != "linux"
		case recorded == "":
			whole = false
		case recorded != mine.value:
			return evidence.DomainDifferent
		}
	}
	if !whole {
		return evidence.DomainUnknown
	}
	return evidence.DomainSame
}

func (o *observer) boot() evidence.Boot {
	platform := o.content.Strings["platform"]
	recorded, ours := o.content.Strings["bootId"], o.sys.Self().BootID
	switch {
	case platform != "" && platform != o.sys.Platform():
		return evidence.BootDiffers
	case recorded == "" || ours == "":
		return evidence.BootUnknown
	case recorded == ours:
		return evidence.BootEqual
	}
	return evidence.BootDiffers
}

// mount says whether the holder came to the lock's directory as we do: through an overlay a living witness refuses.
func (o *observer) mount() evidence.Mount {
	recorded := o.content.Strings["dev"]
	switch {
	case recorded == "" || o.file.DirDev == "":
		return evidence.MountUnknown
	case recorded == o.file.DirDev:
		return evidence.MountEqual
	}
	return evidence.MountDiffers
}
