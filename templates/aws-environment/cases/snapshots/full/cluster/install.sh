#!/usr/bin/env bash
# Brings what a cluster of the platform needs beside EKS's own add-ons to the versions below, and
# applies the manifests of this folder. Can be run again at any time.
#
# Needs helm, kubectl with the cluster chosen, and aws.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if [[ $# -ne 2 ]]; then
    echo "usage: $0 <cluster> <zone>" >&2
    exit 2
fi
cluster=$1 zone=$2

# install <namespace> <name> <chart> <repository> <version> [<option>…]
install() {
    helm upgrade --install "$2" "$3" --namespace "$1" --create-namespace --repo "$4" --version "$5" \
        --wait --timeout 10m "${@:6}"
}

kubectl apply --server-side --filename \
    https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.6.0/standard-install.yaml

vpc=$(aws eks describe-cluster --name "$cluster" --query cluster.resourcesVpcConfig.vpcId --output text)
install kube-system aws-load-balancer-controller aws-load-balancer-controller \
    https://aws.github.io/eks-charts 3.5.0 \
    --set "clusterName=$cluster" --set "vpcId=$vpc" --set defaultTargetType=ip
# Names of routes alone, in this zone, and only those that it made itself.
install external-dns external-dns external-dns https://kubernetes-sigs.github.io/external-dns 1.21.1 \
    --set provider.name=aws --set 'sources={gateway-httproute}' --set "domainFilters={$zone}" \
    --set policy=sync --set "txtOwnerId=$cluster"
install external-secrets external-secrets external-secrets https://charts.external-secrets.io 2.9.0

for manifest in *.yaml; do
    sed "s/__ZONE__/$zone/g" "$manifest" | kubectl apply --filename -
done
