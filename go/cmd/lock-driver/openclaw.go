package main

import (
	"context"

	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/oauth"
	"github.com/openclaw/lock-helpers/go/openclaw"
)

func statePaths(_ *driver, r request) (reply, error) {
	return hook.StatePaths(r.Env, r.Home, r.Cwd, r.Exists, r.Profile, r.AgentID, r.Provider, r.ProfileID)
}

func credentialOf(_ *driver, r request) (reply, error) {
	stored, err := credential(r.Credential)
	if err != nil {
		return nil, err
	}
	main, err := credential(r.Main)
	if err != nil {
		return nil, err
	}
	answer := reply{
		"usable": openclaw.IsUsable(stored, r.now()), "fence": nil,
		"mayAdopt": openclaw.MayAdopt(stored, main, r.now()), "sameAccount": nil,
	}
	if fence := openclaw.FenceOf(stored); fence != openclaw.NoFence {
		answer["fence"] = fence
	}
	if main.Exists() {
		answer["sameAccount"] = oauth.SameAccount(stored, main)
	}
	return answer, nil
}

func credentialOwner(_ *driver, r request) (reply, error) {
	main, err := credential(r.Main)
	if err != nil {
		return nil, err
	}
	agent, err := credential(r.Agent)
	if err != nil {
		return nil, err
	}
	return reply{"owner": openclaw.OwnerOf(main, agent)}, nil
}

func (r request) login() openclaw.Profile {
	p := openclaw.Profile{StateDir: r.StateDir, AgentID: r.AgentID, ID: r.ProfileID}
	if r.Provider != nil {
		p.Provider = *r.Provider
	}
	return p
}

func openclawRefresh(d *driver, r request) (reply, error) {
	options, err := r.refreshOptions()
	if err != nil {
		return nil, err
	}
	got, err := openclaw.RefreshCredential(r.ctx, r.login(), oauth.Endpoint(r.URL, r.ClientID, nil), options...)
	return d.refreshed(got, err)
}

func openclawWait(d *driver, r request) (reply, error) {
	var options []openclaw.WaitOption
	if given, is := r.Options["timeoutMs"]; is {
		ms, err := number(given)
		if err != nil {
			return nil, err
		}
		options = append(options, openclaw.WithTimeout(duration(ms)))
	}
	if r.Rejected != "" {
		options = append(options, openclaw.WithRejected(r.Rejected))
	}
	found, err := openclaw.WaitForFreshCredential(r.ctx, r.login(), options...)
	if err != nil {
		return nil, err
	}
	answer, err := d.refreshed(&oauth.Result{Credential: found}, nil)
	delete(answer, "how")
	return answer, err
}

func cachePut(_ *driver, r request) (reply, error) {
	given, err := credential(r.Credential)
	if err != nil {
		return nil, err
	}
	lock, err := r.options()
	if err != nil {
		return nil, err
	}
	var options []openclaw.CacheOption
	if r.Harmless {
		options = append(options, openclaw.ProviderDoesNotRotate())
	}
	cache, err := openclaw.NewCache(r.Path, r.login(), options...)
	if err != nil {
		return nil, err
	}
	return nil, cache.Put(context.Background(), r.Key, given, lock...)
}
